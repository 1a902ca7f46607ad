import { writtenDuration } from '../../calendar/duration.ts';
import { durationMilliseconds } from '../schema/quantities.ts';
import type { Wave } from '../types.ts';
import type { PolicyWith, Report } from './check.ts';

/** What the calendars of a wave leave open; several intersect. Undefined: one of them is not among the files, or is not valid. */
export interface OpeningTimes {
  /** The longest stretch in which all are open, within a year from now, in milliseconds. */
  longestOpening(calendars: readonly string[]): number | undefined;
  /** The longest stretch without such an opening, between one that begins within eight weeks and the next, in milliseconds. */
  longestClosing(calendars: readonly string[]): number | undefined;
}

/** Until this fleet has learned how long a hop takes (semantics.md, Cannot finish). */
const DEFAULT_ESTIMATE = '60m';

/** Windows in which nothing fits, and approvals that have expired before a window opens. */
export function checkWaveOpenings(
  { spec }: PolicyWith<'estimates' | 'waves'>,
  times: OpeningTimes,
  report: Report,
): void {
  for (const [index, wave] of spec.waves.entries()) {
    const calendars = [wave.calendar ?? []].flat();
    if (calendars.length === 0) continue;
    const path = ['spec', 'waves', index];
    const names = calendars.join(' and ');
    const longest = times.longestOpening(calendars);
    if (longest === 0) {
      // Of one calendar alone its own check tells.
      if (calendars.length < 2) continue;
      const message = `${names} are not open at the same time within a year, so nothing could ever start. Change one of them, or name fewer.`;
      report('error', [...path, 'calendar'], message);
      continue;
    }
    if (longest !== undefined) checkEstimate(wave, spec.estimates.upgrade, longest, names, path, report);
    checkExpiry(wave, times.longestClosing(calendars), names, path, report);
  }
}

function checkEstimate(
  wave: Wave,
  given: string | undefined,
  longest: number,
  names: string,
  path: readonly (string | number)[],
  report: Report,
): void {
  const estimate = durationMilliseconds(given ?? DEFAULT_ESTIMATE);
  if (wave.mayOverrun || estimate <= longest) return;
  const source = given === undefined ? '60m, unless spec.estimates.upgrade says otherwise' : given;
  const facts = `an upgrade takes ${source}, and ${names} is never open for longer than ${writtenDuration(longest)}`;
  const advice = 'Lengthen the windows, correct spec.estimates.upgrade, or write mayOverrun: true.';
  // With a bake only what comes before it must fit, and nobody says how much of the estimate that is.
  if (wave.bake === undefined) report('error', [...path, 'calendar'], `${facts}, so none could ever start. ${advice}`);
  else report('warning', [...path, 'calendar'], `${facts}; only what comes before the bake fits. ${advice}`);
}

function checkExpiry(
  { approval }: Wave,
  closing: number | undefined,
  names: string,
  path: readonly (string | number)[],
  report: Report,
): void {
  if (approval?.expiresAfter === undefined || !approval.before || closing === undefined) return;
  if (durationMilliseconds(approval.expiresAfter) >= closing) return;
  const message = `an approval counts for ${approval.expiresAfter}, and within the next weeks ${names} stays closed for ${writtenDuration(closing)}: one that is given as it closes has expired before it opens. Write at least ${writtenDuration(closing)}.`;
  report('warning', [...path, 'approval', 'expiresAfter'], message);
}
