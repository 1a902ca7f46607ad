/** RFC 3339 UTC, with milliseconds only where they are not zero. */
export const instantText = (at: number | Date): string => new Date(at).toISOString().replace('.000Z', 'Z');

export const instantOrNull = (at: number | Date | undefined): string | null =>
  at === undefined ? null : instantText(at);
