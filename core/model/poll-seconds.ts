/** Seconds between two looks, and from the beginning to the first one. */
export interface PollBounds {
  readonly least: number;
  readonly most: number;
  /** No update of this kind has ever ended earlier; absent = `least`. */
  readonly first?: number;
}

/**
 * Seconds until the next look: an eighth of the time so far, within bounds. A node group that rolls for six hours is asked about 40 times, not 360,
 * so that the longest upgrade stays far below 25,000 history events (facts: serverless.md §1.8).
 */
export function pollSeconds(since: Date, now: Date, { least, most, first = least }: PollBounds): number {
  const elapsed = Math.max(0, (now.getTime() - since.getTime()) / 1000);
  return Math.round(Math.max(first - elapsed, Math.min(most, Math.max(least, elapsed / 8))));
}
