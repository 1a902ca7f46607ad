import ICAL from 'ical.js';
import { type CalendarDraft, calendarOf, specOf } from '../../test/material/calendar/calendar-of.ts';
import { calendarStateAt } from '../calendar/calendar-state.ts';
import { compileCalendar } from '../calendar/compile-calendar.ts';
import { exportCalendars } from './export-calendars.ts';
import { importFreezes } from './import-freezes.ts';

const from = new Date('2026-01-01T00:00Z');
const YEAR = 365 * 86_400_000;

/** The spans of a year as another program reads them from the file. */
function readBack(text: string): string[] {
  const root = new ICAL.Component(ICAL.parse(text));
  const found: string[] = [];
  for (const component of root.getAllSubcomponents('vevent')) {
    const event = new ICAL.Event(component);
    const span = (start: ICAL.Time, end: ICAL.Time) =>
      `${event.summary} ${start.toJSDate().toISOString()} ${end.toJSDate().toISOString()}`;
    if (!event.isRecurring()) {
      found.push(span(event.startDate, event.endDate));
      continue;
    }
    const iterator = event.iterator();
    for (
      let next = iterator.next();
      next && next.toJSDate().getTime() < from.getTime() + YEAR;
      next = iterator.next()
    ) {
      // Durations of hours are elapsed time (RFC 5545), where the library adds them to the wall clock.
      const end = next.clone();
      const length = event.duration.toSeconds() * 1000;
      const start = next.toJSDate().getTime();
      found.push(`${event.summary} ${new Date(start).toISOString()} ${new Date(start + length).toISOString()}`);
      expect(end.compare(next)).toBe(0);
    }
  }
  return found.sort();
}

const cases: readonly (readonly [what: string, draft: CalendarDraft, isRule: boolean])[] = [
  [
    'nights of weekdays',
    { timeZone: 'Europe/Berlin', windows: [{ schedule: '0 22 * * MON-THU', duration: '6h' }] },
    true,
  ],
  [
    'several times a day',
    { timeZone: 'America/New_York', windows: [{ schedule: '15,45 4-6/2 * * *', duration: '10m' }] },
    true,
  ],
  ['days of months', { timeZone: 'Asia/Kathmandu', windows: [{ schedule: '0 5 1,15,L 2-4 *', duration: '1h' }] }, true],
  [
    'numbered weekdays',
    { timeZone: 'Australia/Lord_Howe', windows: [{ schedule: '0 5 * * TUE#2,FRI#L', duration: '1h' }] },
    true,
  ],
  [
    'a month of weekdays',
    { timeZone: 'Pacific/Auckland', windows: [{ schedule: '30 8 * 12 SAT,7', duration: '36h' }] },
    true,
  ],
  ['a freeze that is on', { freezes: [{ schedule: '0 12 28 * *', duration: '4d' }] }, true],
  ['both days must match', { windows: [{ schedule: '0 5 */2 * MON', duration: '1h' }] }, true],
  [
    'every hour without clock changes',
    { timeZone: 'Asia/Tokyo', windows: [{ schedule: '0 * * JUN *', duration: '5m' }] },
    true,
  ],
  [
    'either day is enough',
    { timeZone: 'Europe/Berlin', windows: [{ schedule: '0 5 13 * FRI', duration: '1h' }] },
    false,
  ],
  ['a start in the gap', { timeZone: 'Europe/Berlin', windows: [{ schedule: '30 2 * * SUN', duration: '1h' }] }, false],
  ['an end by cron', { timeZone: 'Europe/Berlin', freezes: [{ schedule: '0 0 28 * *', end: '0 0 1 * *' }] }, false],
];

test.each(cases)('%s: the file says when, as another program reads it', (_what, draft, isRule) => {
  const calendar = calendarOf(draft);
  const { text, notes } = exportCalendars([calendar], from, from);
  expect(text.includes('RRULE')).toBe(isRule);
  expect(notes).toEqual(isRule ? [] : [expect.stringContaining('no rule of iCalendar says it')]);
  const rule = [...calendar.windows, ...calendar.freezes][0];
  const kind = calendar.windows.length > 0 ? 'Window' : 'Freeze';
  const until = from.getTime() + YEAR;
  const expected = (rule?.spansIn(from.getTime(), until) ?? [])
    // What is under way is in the file, too.
    .filter((span) => span.to > from.getTime() && span.from < until - 8 * 86_400_000)
    .map(
      (span) => `${kind} ${rule?.name} (prod) ${new Date(span.from).toISOString()} ${new Date(span.to).toISOString()}`,
    )
    .sort();
  expect(expected.length).toBeGreaterThan(3);
  expect(readBack(text).filter((line) => line < `${expected.at(-1)}~`)).toEqual(expected);
});

test('freezes come back from a file as they were, with their words, and windows do not', () => {
  const freezes = [
    {
      name: 'a',
      from: '2026-11-24T00:00',
      to: '2026-12-01T00:00',
      reason: 'trade; all, of it\nand more',
      ticket: 'CHG-1',
    },
  ];
  const spec = specOf({ timeZone: 'Europe/Berlin', windows: [{ schedule: '0 22 * * *', duration: '6h' }], freezes });
  const { text } = exportCalendars([compileCalendar('prod', spec)], from, from);
  expect(text.split('\r\n').every((line) => Buffer.byteLength(line) <= 75)).toBe(true);
  const imported = importFreezes(text, 'Europe/Berlin', from);
  expect(imported.notes).toEqual([expect.stringContaining('is left out: it leaves people free')]);
  const again = compileCalendar('again', { ...spec, windows: [], freezes: [...imported.freezes] });
  for (const at of ['2026-11-23T22:59:59Z', '2026-11-23T23:00Z', '2026-11-30T22:59:59Z', '2026-11-30T23:00Z']) {
    const [one, other] = [spec, undefined].map((given) =>
      calendarStateAt([given === undefined ? again : compileCalendar('prod', { ...given, windows: [] })], new Date(at)),
    );
    expect([at, other?.open, other?.opensAt]).toEqual([at, one?.open, one?.opensAt]);
  }
  expect(text).toContain('trade\\; all\\, of it\\nand more\\nCHG-1');
});

test('what would be endless is cut, and said', () => {
  const calendar = calendarOf({
    timeZone: 'Europe/Berlin',
    windows: [{ name: 'w', schedule: '* * * * *', duration: '30s' }],
  });
  const { text, notes } = exportCalendars([calendar], from, from);
  expect(text.match(/BEGIN:VEVENT/g)).toHaveLength(1000);
  expect(notes).toEqual([expect.stringContaining('the first 1000 occurrences only')]);
});
