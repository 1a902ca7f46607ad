import { type CompiledCalendar, compileCalendar } from '../../calendar/compile-calendar.ts';
import { DAY } from '../../calendar/cron/civil-day.ts';
import { longestOpening } from '../../calendar/longest-opening.ts';
import { nextOpenings } from '../../calendar/next-openings.ts';
import type { Calendar } from '../types.ts';
import type { OpeningTimes } from './wave-openings.ts';

/** So far ahead a window must be found in which an upgrade fits. */
const YEAR = 366;
/** Gaps between windows show within weeks; a freeze in a year's time is not yet anybody's approval. */
const WEEKS = 56;
/** Windows that open every few minutes would make many; their gaps are all seen long before. */
const MOST_OPENINGS = 500;

/** What the Calendars of the same files leave open from `now` on; each question is answered once. */
export function openingTimesOf(calendars: readonly Calendar[], now: Date): OpeningTimes {
  const compiled = new Map(
    calendars.map(({ metadata, spec }) => [metadata.name, compileCalendar(metadata.name, spec)]),
  );
  const asked = <Answer>(answer: (calendars: readonly CompiledCalendar[]) => Answer) => {
    const known = new Map<string, Answer>();
    return (names: readonly string[]): Answer | undefined => {
      const own = names.flatMap((name) => compiled.get(name) ?? []);
      // A calendar that cannot be read is closed for ever: its own check tells why.
      if (own.length < names.length || own.some(({ problems }) => problems.length > 0)) return undefined;
      const key = [...names].sort().join(' ');
      if (!known.has(key)) known.set(key, answer(own));
      return known.get(key);
    };
  };
  return {
    longestOpening: asked((own) => longestOpening(own, now, YEAR)),
    longestClosing: asked((own) => longestClosing(own, now)),
  };
}

/** Between an opening that ends within eight weeks from `now` and the one after it. */
function longestClosing(calendars: readonly CompiledCalendar[], now: Date): number {
  const end = now.getTime() + WEEKS * DAY;
  const openings = nextOpenings(calendars, now, MOST_OPENINGS);
  return openings.reduce((longest, { closesAt }, index) => {
    const next = openings[index + 1]?.opensAt;
    if (closesAt === null || next === undefined || closesAt.getTime() >= end) return longest;
    return Math.max(longest, next.getTime() - closesAt.getTime());
  }, 0);
}
