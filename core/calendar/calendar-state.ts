import { type Reason, reason } from '../contracts/step-result.ts';
import type { CompiledCalendar } from './compile-calendar.ts';
import { HORIZON } from './coverage.ts';
import { localText } from './local-text.ts';
import { nameAt, nextClosedInstant, nextOpenInstant } from './openings.ts';

/** Whether changes may be made at an instant, until when that stays so, and why. */
export type CalendarState = ReturnType<typeof calendarStateAt>;

/**
 * The state of several calendars together: they intersect, and without any calendar it is always open. The start is inclusive and the end exclusive;
 * freezes win over windows.
 * The search for `opensAt` and `closesAt` ends after ten years, not counting time under a dated freeze. Where nothing recurs, the first dated freeze
 * is found however far away it is. Source: calendars.md, What is meant.
 */
export function calendarStateAt(calendars: readonly CompiledCalendar[], at: Date) {
  const instant = at.getTime();
  const open = calendars.every((calendar) => calendar.open.covers(instant));
  const opensAt = open ? null : nextOpenInstant(calendars, instant);
  const closesAt = open ? nextClosedInstant(calendars, instant) : null;
  return {
    open,
    /** The first window and the first freeze, in file order, that contain the instant; both may be set. */
    window: nameAt('windows', calendars, instant),
    freeze: nameAt('freezes', calendars, instant),
    /** When closed: the next instant that is open. Null when it is open, and when there is none within ten years. */
    opensAt: dateOf(opensAt),
    /** When open: the next instant that is closed. Null when it is closed, and when there is none within ten years. */
    closesAt: dateOf(closesAt),
    /** One sentence for each closed calendar, or one sentence that names the window through which it is open. */
    reasons: open ? openReason(calendars, instant, closesAt) : closedReasons(calendars, instant, opensAt),
  };
}

const dateOf = (instant: number | null): Date | null => (instant === null ? null : new Date(instant));

/** Why it is open: through which window, and until when. */
function openReason(calendars: readonly CompiledCalendar[], at: number, closesAt: number | null): Reason[] {
  const [calendar] = calendars;
  if (calendar === undefined) return [];
  const window = nameAt('windows', calendars, at);
  const through = window === null ? 'no window is asked for and no freeze is on' : `window ${window}`;
  const until = closesAt === null ? 'nothing closes it within ten years' : `until ${text(closesAt, calendar)}`;
  return [reason('CalendarOpen', `open: ${through}, ${until}.`)];
}

/** For each closed calendar, why it is closed and when it opens. With several calendars it also says when all are open. */
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
