import { calendarOf } from '../../test/material/calendar/calendar-of.ts';
import type { CompiledCalendar } from '../calendar/compile-calendar.ts';
import { reason } from '../contracts/step-result.ts';
import type { HopRules } from './hop-rules.ts';
import { whyNever } from './never-starts.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const HOUR = 3_600_000;
const open = (schedule: string, duration: string, freezes: { from: string; to: string }[] = []) =>
  calendarOf({ windows: [{ schedule, duration }], freezes });
const rulesOf = (calendars: readonly CompiledCalendar[], more: Partial<HopRules> = {}) =>
  ({
    calendars,
    calendarNames: ['prod', 'acme'].slice(0, calendars.length),
    problems: [],
    mayOverrun: false,
    estimateMilliseconds: HOUR,
    ...more,
  }) as unknown as HopRules;

const nights = open('0 22 * * *', '4h');
const lunch = open('0 12 * * *', '30m');

test.each<[string, string | undefined, HopRules]>([
  ['have no calendar', undefined, rulesOf([])],
  ['have an opening tonight', undefined, rulesOf([nights])],
  ['have one in two years', undefined, rulesOf([open('0 0 29 2 *', '2h')])],
  [
    'never meet',
    'prod and acme are never open at the same time within three years, as far ahead as Liftlock plans.',
    rulesOf([nights, open('0 8 * * *', '9h')]),
  ],
  [
    'open for less than an upgrade takes',
    'an upgrade is taken to last 1h, and within three years, as far ahead as Liftlock plans, prod is never open for longer than 30m.',
    rulesOf([lunch]),
  ],
  [
    'open for less than what comes before the bake',
    'what comes before the bake, half of an upgrade, is taken to last 1h, and within three years, as far ahead as Liftlock plans, prod and acme are never open for longer than 30m.',
    rulesOf([lunch, lunch], { wave: { bake: '1h' } as never }),
  ],
  ['open for less than an upgrade that may overrun', undefined, rulesOf([lunch], { mayOverrun: true })],
  [
    'are frozen for good',
    'prod is never open within three years, as far ahead as Liftlock plans.',
    rulesOf([open('0 22 * * *', '4h', [{ from: '2026-11-20', to: '2036-01-01' }])]),
  ],
  [
    'are frozen until next year',
    undefined,
    rulesOf([open('0 22 * * *', '4h', [{ from: '2026-11-20', to: '2027-12-01' }])]),
  ],
  [
    'cannot be read: nobody knows when they open',
    undefined,
    rulesOf([nights, open('0 8 * * *', '9h')], { problems: [reason('CalendarInvalid', 'It cannot be read.')] }),
  ],
])('calendars that %s', (_, why, rules) => {
  expect(whyNever(rules, NOW)).toBe(why);
});

test('an opening that has passed is one for whoever asks from before it', () => {
  const over = rulesOf([open('0 22 * * *', '4h', [{ from: '2026-11-18', to: '2036-01-01' }])]);
  expect(whyNever(over, NOW)).toBeDefined();
  expect(whyNever(over, NOW, new Date('2026-11-18T12:00:00Z'))).toBeDefined();
  expect(whyNever(over, NOW, new Date('2026-11-17T12:00:00Z'))).toBeUndefined();
});
