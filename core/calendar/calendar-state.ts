import { type Reason, reason } from '../contracts/step-result.ts';
import type { CompiledCalendar } from './compile-calendar.ts';
import { HORIZON } from './coverage.ts';
import { localText } from './local-text.ts';
import { nameAt, nextClosedInstant, nextOpenInstant } from './openings.ts';

/** Whether changes may be made at an instant, until when that stays so, and why. */
export type CalendarState = ReturnType<typeof calendarStateAt>;

/**
 * Several calendars intersect; none at all is always open. Start inclusive, end exclusive; freezes win over windows.
 *
 * The search for `opensAt` and `closesAt` ends after ten years, not counting time under a dated freeze; the first dated
 * freeze of calendars in which nothing recurs is found however far away it is. Source: semantics.md, Calendar.
 */
export function calendarStateAt(calendars: readonly CompiledCalendar[], at: Date) {
  const instant = at.getTime();
  const open = calendars.every((calendar) => calendar.open.covers(instant));
  const opensAt = open ? null : nextOpenInstant(calendars, instant);
  const closesAt = open ? nextClosedInstant(calendars, instant) : null;
  return {
    open,
    /** The window and the freeze that contain the instant, the first in file order; both may be set. */
    window: nameAt('windows', calendars, instant),
    freeze: nameAt('freezes', calendars, instant),
    /** Closed: the next instant that is open. Null when open, and when there is none within ten years. */
    opensAt: dateOf(opensAt),
    /** Open: the next instant that is closed. Null when closed, and when there is none within ten years. */
    closesAt: dateOf(closesAt),
    /** One sentence for each calendar that is closed, or one that says through which window it is open. */
    reasons: open ? openReason(calendars, instant, closesAt) : closedReasons(calendars, instant, opensAt),
  };
}

const dateOf = (instant: number | null): Date | null => (instant === null ? null : new Date(instant));

/** Why it is open: which window, and until when. */
function openReason(calendars: readonly CompiledCalendar[], at: number, closesAt: number | null): Reason[] {
  const [calendar] = calendars;
  if (calendar === undefined) return [];
  const window = nameAt('windows', calendars, at);
  const through = window === null ? 'no window is asked for and no freeze is on' : `window ${window}`;
  const until = closesAt === null ? 'nothing closes it within ten years' : `until ${text(closesAt, calendar)}`;
  return [reason('CalendarOpen', `open: ${through}, ${until}.`)];
}

/** Why it is closed: for each calendar that is, what closes it and when it opens; then when all of them do. */
function closedReasons(calendars: readonly CompiledCalendar[], at: number, opensAt: number | null): Reason[] {
  const closed = calendars.filter(({ open }) => !open.covers(at));
  const reasons = closed.map((calendar) => closedReason(calendar, at));
  const [first] = calendars;
  if (calendars.length < 2 || first === undefined) return reasons;
  const names = calendars.map(({ name }) => name).join(', ');
  const together =
    opensAt === null ? 'are never open together within ten years' : `open together ${text(opensAt, first)}`;
  return [...reasons, reason('CalendarsTogether', `${names}: ${together}.`)];
}

function closedReason(calendar: CompiledCalendar, at: number): Reason {
  const closed = `closed by calendar ${calendar.name}`;
  if (calendar.problems.length > 0) {
    return reason('CalendarInvalid', `${closed}, which cannot be read: ${calendar.problems.join(' ')}`);
  }
  const opens = nextOpenInstant([calendar], at);
  const freeze = calendar.freezes.find(({ coverage }) => coverage.covers(at));
  if (freeze === undefined) {
    return reason('WindowClosed', `${closed}: none of its windows is open; ${opening(calendar, opens)}.`);
  }
  const until = freeze.coverage.nextUncovered(at, { limit: at + HORIZON });
  const why = [freeze.reason, freeze.ticket].filter((part) => part !== undefined && part !== '').join('; ');
  const what = `freeze ${freeze.name} ${until === null ? 'without end' : `until ${localText(until, freeze.zone)}`}`;
  const then =
    opens !== null && opens === until && calendar.windows.length === 0 ? '' : `; then ${opening(calendar, opens)}`;
  return reason('Frozen', `${closed}: ${what}${why === '' ? '' : ` (${why})`}${then}.`);
}

function opening(calendar: CompiledCalendar, opens: number | null): string {
  if (opens === null) return 'it never opens within ten years';
  const window = nameAt('windows', [calendar], opens);
  return `${window === null ? 'it' : `window ${window}`} opens ${text(opens, calendar)}`;
}

const text = (instant: number, { zone }: CompiledCalendar): string =>
  zone === undefined ? new Date(instant).toISOString() : localText(instant, zone);
