/** The only source of time. Steps and decisions get their `now` from it once, at their start. */
export interface Clock {
  now(): Date;
}
