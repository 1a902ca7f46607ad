import { localText } from '../../core/calendar/local-text.ts';
import { timeZone } from '../../core/calendar/time-zone.ts';

/** An instant on the clocks of a zone with its offset, `2026-11-24 22:00 +01:00`; `-` where there is none. */
export function zoneTime(at: string | null, zone: string | null): string {
  if (at === null) return '-';
  const known = timeZone(zone ?? 'UTC');
  if (known === undefined) return at;
  const text = localText(Date.parse(at), known);
  return `${text.slice(0, 16).replace('T', ' ')} ${text.slice(-6)}`;
}
