/** An instant of RFC 3339, or 00:00 UTC of a bare date; undefined for dates and times that do not exist, such as 2026-02-30. */
export function dayOrInstant(text: string): Date | undefined {
  const [day = ''] = text.split('T');
  const midnight = new Date(`${day}T00:00:00Z`);
  // Some engines read 30 February as 2 March.
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== day) return undefined;
  const instant = text === day ? midnight : new Date(text);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * The end of a waiver with this `expires`: the instant itself, or for a date the midnight (UTC) after that day, because people mean the day to be
 * included. Undefined for dates and times that do not exist.
 */
export function waiverEnd(expires: string): Date | undefined {
  const at = dayOrInstant(expires);
  return at === undefined || expires.includes('T') ? at : new Date(at.getTime() + DAY);
}
