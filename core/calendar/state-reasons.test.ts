import { type CalendarDraft, calendarOf } from '../../test/material/calendar/calendar-of.ts';
import { calendarStateAt } from './calendar-state.ts';

const lunch = { name: 'lunch', schedule: '0 12 * * *', duration: '2h' };
const told = (time: string, ...drafts: readonly CalendarDraft[]) =>
  calendarStateAt(
    drafts.map((draft, index) => calendarOf(draft, ['prod', 'bank'][index])),
    new Date(`2026-11-${time}:00Z`),
  ).reasons.map(({ code, message }) => `${code}: ${message}`);

test.each<[string, CalendarDraft, readonly string[]]>([
  ['20T13:00', { windows: [lunch] }, ['CalendarOpen: open: window lunch, until 2026-11-20T14:00+00:00.']],
  [
    '20T13:00',
    {},
    ['CalendarOpen: open: no window is asked for and no freeze is on, nothing closes it within ten years.'],
  ],
  [
    '20T15:00',
    { windows: [lunch] },
    ['WindowClosed: closed by calendar prod: none of its windows is open; window lunch opens 2026-11-21T12:00+00:00.'],
  ],
  [
    '20T15:00',
    { windows: [{ ...lunch, schedule: '0 0 30 2 *' }] },
    [
      expect.stringMatching(
        /^CalendarInvalid: closed by calendar prod, which cannot be read: spec\.windows\[0\]\.schedule: .* never fires/,
      ),
    ],
  ],
])('at %s it is told why a calendar is open or closed, and until when: %#', (time, draft, reasons) => {
  expect(told(time, draft)).toEqual(reasons);
});

const fair = { name: 'fair', from: '2026-11-20', to: '2026-11-22' };
test.each<[string, CalendarDraft, string]>([
  ['and nothing else closes', { freezes: [fair] }, 'until 2026-11-22T00:00+00:00'],
  [
    'with why and where it was agreed',
    { freezes: [{ ...fair, reason: 'trade', ticket: 'CHG-7' }] },
    'until 2026-11-22T00:00+00:00 (trade; CHG-7)',
  ],
  [
    'with an empty reason',
    { freezes: [{ ...fair, reason: '', ticket: 'CHG-7' }] },
    'until 2026-11-22T00:00+00:00 (CHG-7)',
  ],
  [
    'before a window',
    { freezes: [fair], windows: [lunch] },
    'until 2026-11-22T00:00+00:00; then window lunch opens 2026-11-22T12:00+00:00',
  ],
  [
    'before a window that opens as it ends',
    { freezes: [{ ...fair, to: '2026-11-22T12:00' }], windows: [lunch] },
    'until 2026-11-22T12:00+00:00; then window lunch opens 2026-11-22T12:00+00:00',
  ],
  [
    'before another one',
    { freezes: [fair, { name: 'next', from: '2026-11-21', to: '2026-11-25' }] },
    'until 2026-11-22T00:00+00:00; then it opens 2026-11-25T00:00+00:00',
  ],
])('a freeze is told with its end and what comes then: %s', (_, draft, what) => {
  expect(told('20T13:00', draft)).toEqual([`Frozen: closed by calendar prod: freeze fair ${what}.`]);
});

test('of two calendars it is told when both are open', () => {
  const night = { windows: [{ ...lunch, name: 'night', schedule: '0 22 * * *' }] };
  expect(told('20T13:00', { windows: [lunch] }, { windows: [{ ...lunch, schedule: '0 13 * * *' }] })).toHaveLength(1);
  expect(told('20T08:00', { windows: [lunch] }, {}).at(-1)).toBe(
    'CalendarsTogether: prod, bank: open together 2026-11-20T12:00+00:00.',
  );
  expect(told('20T08:00', { windows: [lunch] }, night).at(-1)).toBe(
    'CalendarsTogether: prod, bank: are never open together within ten years.',
  );
});
