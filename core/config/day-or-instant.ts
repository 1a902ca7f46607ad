/** An instant of RFC 3339, or 00:00 UTC of a bare date; undefined for days and times that no calendar has, such as 2026-02-30. */
export function dayOrInstant(text: string): Date | undefined {
  const [day = ''] = text.split('T');
  const midnight = new Date(`${day}T00:00:00Z`);
  // Some engines take 30 February for 2 March.
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== day) return undefined;
  const instant = text === day ? midnight : new Date(text);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * When a waiver with this `expires` ends: the instant itself, or for a date the midnight (UTC) after that day, since people mean the
 * day to be part of it. Undefined for days and times that no calendar has.
 */
export function waiverEnd(expires: string): Date | undefined {
  const at = dayOrInstant(expires);
  return at === undefined || expires.includes('T') ? at : new Date(at.getTime() + DAY);
}
