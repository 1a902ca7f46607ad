import { writtenDuration } from '../calendar/duration.ts';
import { hasOpening, longestOpening } from '../calendar/longest-opening.ts';
import type { HopRules } from './hop-rules.ts';
import { LAST_COMMIT_MILLISECONDS } from './window-rule.ts';

const HORIZON_DAYS = 3 * 366;
/** The horizon in words for reasons. A calendar itself tells its next opening however much later it is (core/calendar/calendar-state.ts). */
const AHEAD = 'within three years, as far ahead as Liftlock plans';
/** How far ahead an opening is looked for, and a plan is drawn: a hop without an opening by then counts as never starting. */
export const HORIZON_MILLISECONDS = HORIZON_DAYS * 86_400_000;

/**
 * Whether the calendars have an opening in which the hop can begin at some time in `[from, to)`, and into which it fits (semantics.md, Windows,
 * bakes, watches and estimates).
 */
export function hasRoom(
  { calendars, mayOverrun, estimateMilliseconds }: Pick<HopRules, 'calendars' | 'mayOverrun' | 'estimateMilliseconds'>,
  from: Date,
  to: Date,
): boolean {
  const needed = Math.max(LAST_COMMIT_MILLISECONDS, mayOverrun ? 0 : estimateMilliseconds);
  // A hop may begin right before the end of the range, and then its window closes after the range.
  return hasOpening(calendars, from, new Date(to.getTime() + needed), needed);
}

/**
 * Why a hop never starts as its calendars are, in a sentence; undefined = it may start. Openings count from `from` on. Nobody knows when a calendar
 * opens that is not applied or cannot be read, so with one of those the hop may start.
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
