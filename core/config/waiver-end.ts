const DAY = 24 * 60 * 60 * 1000;

/**
 * When a waiver with this `expires` ends: the instant itself, or for a date the midnight (UTC) after that day, since people mean the
 * day to be part of it. Undefined for days and times that no calendar has, such as 2026-02-30.
 */
export function waiverEnd(expires: string): Date | undefined {
  const [day = ''] = expires.split('T');
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // Some engines take 30 February for 2 March.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return undefined;
  const end = expires === day ? midnight + DAY : Date.parse(expires);
  return Number.isNaN(end) ? undefined : new Date(end);
}
