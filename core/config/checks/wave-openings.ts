import { type CompiledCalendar, compileCalendar } from '../../calendar/compile-calendar.ts';
import { DAY } from '../../calendar/cron/civil-day.ts';
import { writtenDuration } from '../../calendar/duration.ts';
import { longestOpening } from '../../calendar/longest-opening.ts';
import { nextOpenings } from '../../calendar/next-openings.ts';
import { WAVE_STEP } from '../../contracts/hook.ts';
import { remembered } from '../../model/remembered.ts';
import { valuesAt } from '../../model/values-at.ts';
import { componentSchema } from '../schema/component.ts';
import { hookSchema } from '../schema/hook.ts';
import { durationMilliseconds } from '../schema/quantities.ts';
import type { Calendar, UpgradePolicySpec, Wave } from '../types.ts';
import type { Report, SoundWaves } from './check.ts';

/** When the calendars of a wave are open together. Undefined: one of them is not among the files, or is not valid. */
export interface OpeningTimes {
  /** The longest time for which all are open, within a year from now, in milliseconds. */
  longestOpening(calendars: readonly string[]): number | undefined;
  /** The longest time from the end of an opening within eight weeks to the beginning of the next one, in milliseconds. */
  longestClosing(calendars: readonly string[]): number | undefined;
}

/** Used until this fleet has learned how long a hop takes (semantics.md, Windows, bakes, watches and estimates). */
const DEFAULT_ESTIMATE = '60m';

/** Reports windows that no upgrade fits into, and approvals that expire before a window opens. */
export function checkWaveOpenings(
  waves: SoundWaves,
  estimates: UpgradePolicySpec['estimates'],
  times: OpeningTimes,
  report: Report,
): void {
  for (const [index, wave] of waves) {
    const calendars = [wave.calendar ?? []].flat();
    if (calendars.length === 0) continue;
    const path = ['spec', 'waves', index];
    const names = calendars.join(' and ');
    const longest = times.longestOpening(calendars);
    if (longest === 0) {
      // The check of the calendar itself reports it when there is only one.
      if (calendars.length < 2) continue;
      const message = `${names} are not open at the same time within a year, so nothing could ever start. Change one of them, or name fewer.`;
      report('error', [...path, 'calendar'], message);
      continue;
    }
    if (longest !== undefined) checkEstimate(wave, estimates.upgrade, longest, names, path, report);
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
  // With a bake only the time before it counts, as in core/policy/hop-rules.ts.
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
  // Nodes whose bake ends after the closing wait for the next window, and have all of it.
  if (baked >= longest || baked + estimate - part <= longest) return;
  const nodes = `an upgrade (${source}) that begins as its window opens has baked ${writtenDuration(baked)} later, and its nodes take ${writtenDuration(estimate - part)} more`;
  const todo = 'Lengthen the windows, or choose a bake that ends in time or after the closing.';
  report('warning', at, `${nodes}; ${open}, so it runs past the closing. ${todo}`);
}

const MINUTE = 60_000;
/** The scan runs before the first hook is asked, and takes some minutes of the window. */
const SCAN = 10 * MINUTE;
/** The first change of these steps waits for the hook, so that their window can end the waiting even where the wave may overrun. */
const BEGINNING: readonly unknown[] = ['upgrade-cluster', 'update-addons', 'upgrade-control-plane'];

/**
 * The question ends when the window closes, and before the first change also when the hop does not fit any more; the next window asks anew. So a
 * timeout that is longer than every window never expires.
 */
export function checkTimeouts(
  document: unknown,
  waves: SoundWaves,
  estimates: UpgradePolicySpec['estimates'],
  times: OpeningTimes,
  report: Report,
): void {
  const estimate = durationMilliseconds(estimates.upgrade ?? DEFAULT_ESTIMATE);
  const waiting = [
    ...valuesAt(document, 'spec.hooks[]').flatMap(({ path, value }) => {
      const { data: hook } = hookSchema.safeParse(value);
      return hook?.blocking === true && hook.step !== WAVE_STEP
        ? [{ path, timeout: hook.timeout, begins: BEGINNING.includes(hook.step) }]
        : [];
    }),
    ...valuesAt(document, 'spec.components[]').flatMap(({ path, value }) => {
      const { data: component } = componentSchema.safeParse(value);
      return component?.hook === undefined ? [] : [{ path, timeout: component.timeout, begins: true }];
    }),
  ];
  for (const { path, timeout, begins } of waiting) {
    for (const [, wave] of waves) {
      const calendars = [wave.calendar ?? []].flat();
      const longest =
        calendars.length === 0 || (wave.mayOverrun && !begins) ? undefined : times.longestOpening(calendars);
      if (longest === undefined || longest === 0) continue;
      const needed = begins && !wave.mayOverrun ? (wave.bake === undefined ? estimate : estimate / 2) : 0;
      const room = longest - needed - SCAN;
      if (durationMilliseconds(timeout) <= room) continue;
      const names = calendars.join(' and ');
      const fits = needed > 0 ? `, of which what is to come needs ${writtenDuration(needed)}` : '';
      const open = `${names} of the wave ${wave.name} is never open for longer than ${writtenDuration(longest)}${fits}`;
      const todo =
        room < MINUTE ? 'Lengthen the windows' : `Write ${writtenDuration(room)} or less, or lengthen the windows`;
      const message = `${open}, and every window asks anew with all of ${timeout}: without a go it would be asked for ever, and nobody told. ${todo}.`;
      report('warning', [...path, 'timeout'], message);
      break;
    }
  }
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

/** An upgrade has to fit into a window within this many days. */
const YEAR = 366;
/** Gaps between windows show within weeks. A freeze in a year's time concerns no approval yet. */
const WEEKS = 56;
/** Windows may open every few minutes; their gaps all show within this many. */
const MOST_OPENINGS = 500;

/** The opening times of the Calendars in the same files from `now` on. Each answer is computed once. */
export function openingTimesOf(calendars: readonly Calendar[], now: Date): OpeningTimes {
  const compiled = new Map(
    calendars.map(({ metadata, spec }) => [metadata.name, compileCalendar(metadata.name, spec)]),
  );
  const asked = (answer: (calendars: readonly CompiledCalendar[]) => number) =>
    remembered(
      (names: readonly string[]): number | undefined => {
        const own = names.flatMap((name) => compiled.get(name) ?? []);
        // A calendar that cannot be read is closed for ever, and its own check says why.
        return own.length < names.length || own.some(({ problems }) => problems.length > 0) ? undefined : answer(own);
      },
      new Map<string, number>(),
      (names) => [...names].sort().join(' '),
    );
  return {
    longestOpening: asked((own) => longestOpening(own, now, YEAR)),
    longestClosing: asked((own) => longestClosing(own, now)),
  };
}

/** The longest time between an opening that ends within eight weeks from `now` and the one after it. */
function longestClosing(calendars: readonly CompiledCalendar[], now: Date): number {
  const end = now.getTime() + WEEKS * DAY;
  const openings = nextOpenings(calendars, now, MOST_OPENINGS);
  return openings.reduce((longest, { closesAt }, index) => {
    const next = openings[index + 1]?.opensAt;
    if (closesAt === null || next === undefined || closesAt.getTime() >= end) return longest;
    return Math.max(longest, next.getTime() - closesAt.getTime());
  }, 0);
}
