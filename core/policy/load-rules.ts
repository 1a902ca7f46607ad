import { type CompiledCalendar, compileCalendar } from '../calendar/compile-calendar.ts';
import type { CalendarSpec } from '../config/types.ts';
import type { AppliedConfig } from '../contracts/items/rollout.ts';
import { atMost, remembered } from '../model/remembered.ts';
import type { WriteOperation } from '../ports/table.ts';
import { calendarSpec } from './applied.ts';
import type { HopRules } from './hop-rules.ts';
import type { ReadRules } from './read-rules.ts';

interface LoadedRules {
  /** Undefined where the cluster is not known, or there is no Fleet. */
  readonly rules: HopRules | undefined;
  readonly policyAppliedBy: readonly string[] | undefined;
  /** Checks that the policy, its Channel and the calendars are still as read, for the transaction that rests on them. */
  readonly checks: readonly WriteOperation[];
}

const NO_RULES: LoadedRules = { rules: undefined, policyAppliedBy: undefined, checks: [] };

/** The rules of a hop with their calendars compiled. */
export function loadedRules(read: ReadRules | undefined): LoadedRules {
  if (read === undefined) return NO_RULES;
  return { rules: compiledRules(read), policyAppliedBy: read.policyAppliedBy, checks: read.checks };
}

/** The rules that were read, with their calendars compiled. */
export function compiledRules({ rules, calendars }: ReadRules): HopRules {
  const compiled = calendars.flatMap((applied) => {
    const calendar = compiledCalendar(applied);
    return calendar === undefined ? [] : [[applied.name, calendar] as const];
  });
  return rules(new Map(compiled));
}

/** The compiled calendar; undefined when this version cannot read it: then it counts as not applied, and closed. */
export function compiledCalendar(applied: AppliedConfig | undefined): CompiledCalendar | undefined {
  const spec = calendarSpec(applied);
  return applied === undefined || spec === undefined ? undefined : compileOnce({ ...applied, spec });
}

/** Compiled calendars are kept: compiling takes time and gives the same for the same revision. */
const compileOnce = remembered(
  ({ name, spec }: Pick<AppliedConfig, 'name' | 'revision'> & { readonly spec: CalendarSpec }) =>
    compileCalendar(name, spec),
  atMost<string, CompiledCalendar>(200),
  ({ name, revision }) => `${name}/${revision}`,
);
