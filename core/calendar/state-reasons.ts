import { type Reason, reason } from '../contracts/step-result.ts';
import type { CompiledCalendar } from './compile-calendar.ts';
import { HORIZON } from './coverage.ts';
import { localText } from './local-text.ts';
import { nextOpenInstant, windowAt } from './openings.ts';

/** Why it is open: which window, and until when. */
export function openReason(calendars: readonly CompiledCalendar[], at: number, closesAt: number | null): Reason[] {
  const [calendar] = calendars;
  if (calendar === undefined) return [];
  const window = windowAt(calendars, at);
  const through = window === null ? 'no window is asked for and no freeze is on' : `window ${window}`;
  const until = closesAt === null ? 'nothing closes it within ten years' : `until ${text(closesAt, calendar)}`;
  return [reason('CalendarOpen', `open: ${through}, ${until}.`)];
}

/** Why it is closed: for each calendar that is, what closes it and when it opens; then when all of them do. */
export function closedReasons(calendars: readonly CompiledCalendar[], at: number, opensAt: number | null): Reason[] {
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
  const window = windowAt([calendar], opens);
  return `${window === null ? 'it' : `window ${window}`} opens ${text(opens, calendar)}`;
}

const text = (instant: number, { zone }: CompiledCalendar): string =>
  zone === undefined ? new Date(instant).toISOString() : localText(instant, zone);
