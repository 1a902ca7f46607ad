import { calendarOf } from '../../test/material/calendar/calendar-of.ts';
import { closedSpans, frozenSpans } from './closed-spans.ts';

const at = (text: string): number => Date.parse(`2026-11-${text}:00Z`);
const day = { from: at('20T00:00'), to: at('21T00:00') };
const written = (spans: readonly { from: number; to: number }[] | undefined) =>
  spans?.map(({ from, to }) => [from, to].map((one) => new Date(one).toISOString().slice(8, 16)).join(' '));

const nights = calendarOf({
  windows: [{ schedule: '0 8 * * *', duration: '4h' }],
  freezes: [{ name: 'release', reason: 'we ship', from: '2026-11-20T10:00', to: '2026-11-20T11:00' }],
});

test('what is closed is drawn from where it closes to where it opens, freezes too, and no further than is asked', () => {
  expect(written(closedSpans([nights], day))).toEqual(['20T00:00 20T08:00', '20T10:00 20T11:00', '20T12:00 21T00:00']);
  expect(closedSpans([], day)).toEqual([]);
});

test('of several calendars one that is closed is enough', () => {
  const other = calendarOf({ windows: [{ schedule: '0 9 * * *', duration: '1h' }] });
  expect(written(closedSpans([nights, other], day))).toEqual(['20T00:00 20T09:00', '20T10:00 21T00:00']);
});

test('freezes are told apart from windows, with their names and reasons, cut to what is asked', () => {
  const within = { from: at('20T10:30'), to: day.to };
  const freezes = frozenSpans([nights], within);
  expect([freezes.map(({ freeze, reason }) => [freeze, reason]), written(freezes)]).toEqual([
    [['release', 'we ship']],
    ['20T10:30 20T11:00'],
  ]);
  expect(frozenSpans([nights], { from: at('20T11:00'), to: day.to })).toEqual([]);
});

test('what changes every few minutes is not drawn', () => {
  const busy = calendarOf({
    windows: [{ schedule: '*/2 * * * *', duration: '1m' }],
    freezes: [{ schedule: '1-59/2 * * * *', duration: '1m' }],
  });
  expect(closedSpans([busy], day)).toBeUndefined();
  expect(frozenSpans([busy], day)).toEqual([]);
});
