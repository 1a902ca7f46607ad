const HOUR = 3_600_000;
const MINUTE = 60_000;

/** A duration as config writes it, in whole minutes: `6h`, `90m`, `1h30m`. */
export function durationText(milliseconds: number): string {
  const hours = Math.floor(milliseconds / HOUR);
  const minutes = Math.round((milliseconds - hours * HOUR) / MINUTE);
  if (minutes === 0) return `${hours}h`;
  return hours === 0 ? `${minutes}m` : `${hours}h${minutes}m`;
}

/** How finely a duration is searched: in hours, minutes where it has less than four of those. */
export const grainOf = (milliseconds: number): number => (milliseconds >= 4 * HOUR ? HOUR : MINUTE);
