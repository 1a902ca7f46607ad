/** An unchanged record is written again this often, so that people see that it is still looked at; in between nothing is written. */
const SEEN_EVERY_MILLISECONDS = 6 * 3_600_000;

export const isSeenLately = (seenAt: string, now: Date): boolean =>
  now.getTime() - Date.parse(seenAt) < SEEN_EVERY_MILLISECONDS;
