import { calendarSchema } from '../../config/schema/calendar.ts';
import type { Calendar } from '../../config/types.ts';
import { type CompiledCalendar, compileCalendar } from '../compile-calendar.ts';

type Draft = Record<string, unknown>;

let number = 0;

/** What people would write in a file, by the schema; rules without a name get one. */
export function specOf(spec: Draft): Calendar['spec'] {
  const named = (rules: unknown): Draft[] =>
    (Array.isArray(rules) ? (rules as Draft[]) : []).map((rule) => ({ name: `rule-${number++}`, ...rule }));
  const document = {
    apiVersion: 'liftlock/v1alpha1',
    kind: 'Calendar',
    metadata: { name: 'prod' },
    spec: { ...spec, windows: named(spec.windows), freezes: named(spec.freezes) },
  };
  return calendarSchema.parse(document).spec;
}

export function calendarOf(spec: Draft, name = 'prod'): CompiledCalendar {
  return compileCalendar(name, specOf(spec));
}
