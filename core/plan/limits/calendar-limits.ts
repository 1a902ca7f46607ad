import { durationMilliseconds } from '../../config/schema/quantities.ts';
import type { CalendarSpec } from '../../config/types.ts';
import type { PlanRules } from '../offline-snapshot.ts';
import type { Constraint } from './constraint.ts';
import { durationText } from './duration-text.ts';
import type { Lost } from './wave-limits.ts';

const HOUR = 3_600_000;
/** A window is not made longer than a week: one that recurs weekly is always open then. */
const LONGEST_WINDOW = 7 * 24 * HOUR;

/** The windows and freezes of one calendar. */
export function calendarLimits(rules: PlanRules, name: string, lost: Lost): Constraint[] {
  const spec = rules.calendars.get(name);
  if (spec === undefined) return [];
  const shut = (lost.get('WindowClosed') ?? 0) + (lost.get('WindowTooShort') ?? 0) + (lost.get('WindowClosing') ?? 0);
  const withSpec = (next: CalendarSpec): PlanRules => ({
    ...rules,
    calendars: new Map(rules.calendars).set(name, next),
  });
  const windows = spec.windows.flatMap((window, index): Constraint[] => {
    if (window.duration === undefined) return [];
    const length = durationMilliseconds(window.duration);
    const steps = Math.ceil((LONGEST_WINDOW - length) / HOUR);
    if (steps < 1) return [];
    const at = (step: number) => {
      const duration = durationText(length + step * HOUR);
      const next = spec.windows.map((one, place) => (place === index ? { ...one, duration } : one));
      const change = `lengthen the window ${window.name} of the calendar ${name} from ${window.duration} to ${duration}`;
      return { rules: withSpec({ ...spec, windows: next }), change };
    };
    return [{ kind: 'window', name: `${name}/${window.name}`, of: { calendar: name }, weight: shut, steps, at }];
  });
  const freezes = spec.freezes.map((_, index) => freezeLimit(name, spec, index, withSpec, lost.get('Frozen') ?? 0));
  if (spec.windows.length === 0) return freezes;
  // What ends by a cron has no length that could be raised, and several windows may each be too few.
  const open: Constraint = {
    kind: 'window',
    name,
    of: { calendar: name },
    weight: shut / 2,
    steps: 1,
    at: () => ({
      rules: withSpec({ ...spec, windows: [] }),
      change: `leave out the windows of the calendar ${name}, so that only its freezes close it`,
    }),
  };
  return [...windows, open, ...freezes];
}

/** A freeze of dates is ended sooner by the hour; one that recurs, or is told with an offset, is there or not. */
function freezeLimit(
  calendar: string,
  spec: CalendarSpec,
  index: number,
  withSpec: (next: CalendarSpec) => PlanRules,
  weight: number,
): Constraint {
  const freeze = spec.freezes[index];
  const name = `${calendar}/${freeze?.name}`;
  const of = { calendar };
  const without = {
    rules: withSpec({ ...spec, freezes: spec.freezes.filter((_, place) => place !== index) }),
    change: `lift the freeze ${freeze?.name} of the calendar ${calendar}`,
  };
  const from = freeze !== undefined && 'from' in freeze ? clockTime(freeze.from) : undefined;
  const to = freeze !== undefined && 'to' in freeze ? clockTime(freeze.to) : undefined;
  if (from === undefined || to === undefined) return { kind: 'freeze', name, of, weight, steps: 1, at: () => without };
  return {
    kind: 'freeze',
    name,
    of,
    weight,
    steps: Math.max(1, Math.ceil((to - from) / HOUR)),
    at: (step) => {
      const until = to - step * HOUR;
      if (until <= from) return without;
      const text = new Date(until).toISOString().slice(0, 16);
      const freezes = spec.freezes.map((one, place) => (place === index ? { ...one, to: text } : one));
      const was = freeze !== undefined && 'to' in freeze ? freeze.to : '';
      const change = `end the freeze ${freeze?.name} of the calendar ${calendar} at ${text} instead of ${was}`;
      return { rules: withSpec({ ...spec, freezes: freezes as CalendarSpec['freezes'] }), change };
    },
  };
}

/** A time on the calendar's own clocks, as if those were UTC: only differences are used. Undefined where it carries an offset. */
function clockTime(text: string): number | undefined {
  if (/(?:Z|[+-]\d{2}:\d{2})$/.test(text.slice(10))) return undefined;
  return Date.parse(`${text.length === 10 ? `${text}T00:00` : text}Z`);
}
