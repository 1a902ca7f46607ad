import { dayOrInstant } from './day-or-instant.ts';

const DAY = 24 * 60 * 60 * 1000;

/**
 * When a waiver with this `expires` ends: the instant itself, or for a date the midnight (UTC) after that day, since people mean the
 * day to be part of it. Undefined for days and times that no calendar has.
 */
export function waiverEnd(expires: string): Date | undefined {
  const at = dayOrInstant(expires);
  return at === undefined || expires.includes('T') ? at : new Date(at.getTime() + DAY);
}
