/**
 * What is as it was is written again this often, so that people see that it is still looked at. In between nothing is written, and nothing
 * is read beside what tells that it is as it was.
 */
const SEEN_EVERY_MILLISECONDS = 6 * 3_600_000;

export const isSeenLately = (seenAt: string, now: Date): boolean =>
  now.getTime() - Date.parse(seenAt) < SEEN_EVERY_MILLISECONDS;
