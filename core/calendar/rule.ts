import type { CalendarSpec } from '../config/types.ts';
import type { Coverage } from './coverage.ts';
import type { CronSchedule } from './cron/parse-cron.ts';
import type { Span } from './spans.ts';
import type { TimeZone } from './time-zone.ts';

export type WindowSpec = CalendarSpec['windows'][number];
export type FreezeSpec = CalendarSpec['freezes'][number];

/** What is wrong with a calendar, beside what its schema sees. */
export interface CalendarProblem {
  /** Within the calendar's `spec`. */
  readonly path: readonly (string | number)[];
  /** A sentence. */
  readonly message: string;
}

/** A window or a freeze, ready to be asked. */
export interface Rule {
  readonly name: string;
  readonly zone: TimeZone;
  readonly reason: string | undefined;
  readonly ticket: string | undefined;
  /** How it recurs; undefined for a dated freeze. */
  readonly schedule: CronSchedule | undefined;
  /** Milliseconds; undefined where `end` or `to` says it. */
  readonly length: number | undefined;
  /** Of a dated freeze. */
  readonly dates: Span | undefined;
  readonly coverage: Coverage;
  /** In any order, at least those that touch `[from, to)`; those that recur are cut off at `to` where they have an `end`. */
  spansIn(from: number, to: number): readonly Span[];
}
