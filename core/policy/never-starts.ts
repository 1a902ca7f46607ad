import { writtenDuration } from '../calendar/duration.ts';
import { hasOpening, longestOpening } from '../calendar/longest-opening.ts';
import type { HopRules } from './hop-rules.ts';
import { LAST_COMMIT_MILLISECONDS } from './window-rule.ts';

const HORIZON_DAYS = 3 * 366;
/** The same in words: a calendar tells its next opening however much later it is (core/calendar/calendar-state.ts). */
const AHEAD = 'within three years, as far ahead as Liftlock plans';
/** So far ahead an opening is looked for, and a plan is drawn: what has none by then never will. */
export const HORIZON_MILLISECONDS = HORIZON_DAYS * 86_400_000;

/** Whether calendars leave an opening that a hop fits into, and that it can begin in at any time in `[from, to)` (semantics.md, Cannot finish). */
export function hasRoom(
  { calendars, mayOverrun, estimateMilliseconds }: Pick<HopRules, 'calendars' | 'mayOverrun' | 'estimateMilliseconds'>,
  from: Date,
  to: Date,
): boolean {
  const needed = Math.max(LAST_COMMIT_MILLISECONDS, mayOverrun ? 0 : estimateMilliseconds);
  // The window of a hop that begins right before the end closes after it.
  return hasOpening(calendars, from, new Date(to.getTime() + needed), needed);
}

/**
 * Why a hop never starts as its calendars are, in a sentence; undefined = it may. `from`: looked at from then on. Of a calendar that is not
 * applied or cannot be read nobody knows when it opens.
 */
export function whyNever(rules: HopRules, now: Date, from = now): string | undefined {
  const { calendars, calendarNames, problems, estimateMilliseconds, wave } = rules;
  if (problems.length > 0 || hasRoom(rules, from, new Date(now.getTime() + HORIZON_MILLISECONDS))) return undefined;
  const names = calendarNames.join(' and ');
  const longest = longestOpening(calendars, now, HORIZON_DAYS);
  if (longest === 0)
    return `${names} ${calendarNames.length > 1 ? 'are never open at the same time' : 'is never open'} ${AHEAD}.`;
  const what = wave?.bake === undefined ? 'an upgrade' : 'what comes before the bake, half of an upgrade,';
  const open = `${names} ${calendarNames.length > 1 ? 'are' : 'is'} never open for longer than ${writtenDuration(longest)}`;
  return `${what} is taken to last ${writtenDuration(Math.ceil(estimateMilliseconds / 60_000) * 60_000)}, and ${AHEAD}, ${open}.`;
}
