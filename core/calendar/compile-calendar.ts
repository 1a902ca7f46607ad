import type { CalendarSpec } from '../config/types.ts';
import { compileRule } from './compile-rule.ts';
import { type Coverage, coverageOf } from './coverage.ts';
import type { CalendarProblem, FreezeSpec, Rule, WindowSpec } from './rule.ts';
import { merged, placeOf, without } from './spans.ts';
import { type TimeZone, timeZone, unknownZone } from './time-zone.ts';

/** A calendar, ready to be asked. It remembers what it has worked out; that changes no answer. */
export interface CompiledCalendar {
  readonly name: string;
  /** Everything that is wrong with it. A calendar with a problem is closed for ever. */
  readonly problems: readonly string[];
  /** The rest is for this folder alone. In the order of the file. */
  readonly zone: TimeZone | undefined;
  readonly windows: readonly Rule[];
  readonly freezes: readonly Rule[];
  readonly open: Coverage;
}

/** Never throws: a calendar of which anything cannot be read is closed for ever, and lists what is wrong. */
export function compileCalendar(name: string, spec: CalendarSpec): CompiledCalendar {
  const { windows, freezes, problems } = compileRules(spec);
  const told = problems.map(
    ({ path, message }) =>
      `spec${path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')}: ${message}`,
  );
  const open = problems.length > 0 ? CLOSED : openTime(spec.windows.length === 0, windows, freezes);
  return { name, problems: told, zone: timeZone(spec.timeZone), windows, freezes, open };
}

/** The rules that are right, and what is wrong with the others. */
export function compileRules(spec: CalendarSpec): {
  readonly windows: readonly Rule[];
  readonly freezes: readonly Rule[];
  readonly problems: readonly CalendarProblem[];
} {
  const zone = timeZone(spec.timeZone);
  const problems: CalendarProblem[] = [];
  if (zone === undefined) problems.push({ path: ['timeZone'], message: unknownZone(spec.timeZone) });
  const rulesOf = (field: 'windows' | 'freezes', specs: readonly (WindowSpec | FreezeSpec)[]): Rule[] =>
    specs.flatMap((rule, index) => {
      const compiled = compileRule(rule, zone);
      problems.push(...compiled.problems.map(({ path, message }) => ({ path: [field, index, ...path], message })));
      return compiled.rule ?? [];
    });
  return { windows: rulesOf('windows', spec.windows), freezes: rulesOf('freezes', spec.freezes), problems };
}

const CLOSED: Coverage = { covers: () => false, nextCovered: () => null, nextUncovered: (instant) => instant };

/** The union of the windows (all time where there are none) without the freezes. */
function openTime(always: boolean, windows: readonly Rule[], freezes: readonly Rule[]): Coverage {
  const dated = merged(freezes.flatMap(({ dates }) => dates ?? []));
  const recurring = freezes.filter(({ dates }) => dates === undefined);
  const datedAt = (instant: number) => {
    const span = dated[placeOf(dated, instant)];
    return span !== undefined && span.from <= instant ? span.to : undefined;
  };
  const spansIn = (from: number, to: number) => {
    if ((datedAt(from) ?? from) >= to) return [];
    const frozen = merged([...dated, ...recurring.flatMap((freeze) => freeze.spansIn(from, to))]);
    // Windows that open every minute are many: not asked for where everything is frozen anyway.
    if (frozen.some((span) => span.from <= from && span.to >= to)) return [];
    const allowed = always ? [{ from, to }] : merged(windows.flatMap((window) => window.spansIn(from, to)));
    return without(allowed, frozen);
  };
  const coverage = coverageOf(spansIn, datedAt);
  if (!always || recurring.length > 0) return coverage;
  // Nothing recurs, so that the next closing is known however far away it is.
  const nextUncovered = (instant: number) =>
    datedAt(instant) !== undefined ? instant : (dated[placeOf(dated, instant)]?.from ?? null);
  return { ...coverage, nextUncovered };
}
