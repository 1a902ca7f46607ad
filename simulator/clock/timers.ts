/** Takes a scheduled callback out of the queue; does nothing when it already ran. */
export type Cancel = () => void;

/** What simulated parts need from time: the instant it is, and a call back at a later instant. */
export interface Timers {
  /** The current instant of this clock, which need not be that of the machine. */
  now(): Date;
  /** Runs `run` once `at` is reached; an instant in the past runs as soon as possible, never before `schedule` returns. */
  schedule(at: Date, run: () => void | Promise<void>): Cancel;
}
