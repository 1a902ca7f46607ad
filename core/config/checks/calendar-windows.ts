import type { CompiledCalendar } from '../../calendar/compile-calendar.ts';
import { DAY } from '../../calendar/cron/civil-day.ts';
import type { Rule } from '../../calendar/rule.ts';
import { clipped, merged, type Span, without } from '../../calendar/spans.ts';
import type { Report } from './check.ts';

const YEAR = 366 * DAY;
const MINUTE = 60_000;

/** Shorter than any step of an upgrade. */
const SHORT = 15 * MINUTE;

/** Windows that are no use: too short for anything, or always inside a freeze. The year from `now`, or else any year. */
export function checkCalendarWindows(calendar: CompiledCalendar, now: Date | undefined, report: Report): void {
  const from = now?.getTime() ?? Date.UTC(2026, 0, 1);
  const frozen = spansOf(calendar.freezes, from);
  for (const [index, window] of calendar.windows.entries()) {
    const spans = spansOf([window], from);
    if (spans.length === 0) continue;
    const path = ['spec', 'windows', index];
    if (without(spans, frozen).length === 0) {
      const freezes = calendar.freezes.filter((freeze) => without(spans, spansOf([freeze], from)).length === 0);
      const by = freezes[0] === undefined ? 'the freezes cover' : `the freeze ${freezes[0].name} covers`;
      const message = `${by} the window ${window.name} whenever it opens in the next year, and freezes win. Move one of them.`;
      report('warning', path, message);
    }
    checkLength(window, spans, path, report);
  }
}

function checkLength(window: Rule, spans: readonly Span[], path: readonly (string | number)[], report: Report): void {
  // Not Math.max(...): windows of every minute are half a million in a year, more than a call takes.
  const longest = spans.reduce((most, { from, to }) => Math.max(most, to - from), 0);
  if (longest >= SHORT) return;
  const field = window.length === undefined ? 'end' : 'duration';
  const message =
    longest <= MINUTE
      ? 'it is open for a minute or less, and Liftlock looks once a minute: most likely nothing ever starts. Make it longer.'
      : `it is open for ${Math.round(longest / MINUTE)} minutes at most, and every step of an upgrade takes longer. Make it longer.`;
  report('warning', [...path, field], message);
}

function spansOf(rules: readonly Rule[], from: number): Span[] {
  return clipped(merged(rules.flatMap((rule) => rule.spansIn(from, from + YEAR))), from, from + YEAR);
}
