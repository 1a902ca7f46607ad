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
  if (wave.mayOverrun) return;
  const estimate = durationMilliseconds(given ?? DEFAULT_ESTIMATE);
  const source = given === undefined ? '60m, unless spec.estimates.upgrade says otherwise' : given;
  const at = [...path, 'calendar'];
  const open = `${names} is never open for longer than ${writtenDuration(longest)}`;
  // Up to the bake, where there is one, as core/policy/hop-rules.ts has it.
  const part = wave.bake === undefined ? estimate : estimate / 2;
  if (part > longest) {
    const half = `what comes before the bake, half of an upgrade, takes ${writtenDuration(part)} (an upgrade: ${source})`;
    const takes = wave.bake === undefined ? `an upgrade takes ${source}` : half;
    const advice = 'Lengthen the windows, correct spec.estimates.upgrade, or write mayOverrun: true.';
    report('error', at, `${takes}, and ${open}, so none could ever start. ${advice}`);
    return;
  }
  if (wave.bake === undefined) return;
  const baked = part + durationMilliseconds(wave.bake);
  // After the closing the nodes wait for the next window, and have all of it.
  if (baked >= longest || baked + estimate - part <= longest) return;
  const nodes = `an upgrade (${source}) that begins as its window opens has baked ${writtenDuration(baked)} later, and its nodes take ${writtenDuration(estimate - part)} more`;
  const todo = 'Lengthen the windows, or choose a bake that ends in time or after the closing.';
  report('warning', at, `${nodes}; ${open}, so it runs past the closing. ${todo}`);
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
