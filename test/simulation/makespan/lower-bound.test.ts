import fc from 'fast-check';
import { calendarStateAt } from '../../../core/calendar/calendar-state.ts';
import { compileCalendar } from '../../../core/calendar/compile-calendar.ts';
import { calendarSchema } from '../../../core/config/schema/calendar.ts';
import { type BoundedWave, lowerBound } from './makespan-of.ts';

const START = new Date('2026-11-20T00:00:00Z');
const HOUR = 3_600_000;
const calendar = (opens: number, hours: number) =>
  compileCalendar(
    'c',
    calendarSchema.parse({
      apiVersion: 'liftlock/v1alpha1',
      kind: 'Calendar',
      metadata: { name: 'c' },
      spec: { windows: [{ name: 'w', schedule: `0 ${opens} * * *`, duration: `${hours}h` }] },
    }).spec,
  );

/** Every possible schedule: at each hour any set of the waiting clusters begins, as far as the limits and windows allow. */
function bestByTrying(accounts: readonly number[], wave: BoundedWave, concurrency: number, perAccount: number): number {
  const duration = wave.duration / HOUR;
  let best = Number.POSITIVE_INFINITY;
  const search = (hour: number, waiting: readonly number[], running: readonly (readonly [number, number])[]): void => {
    const still = running.filter(([, until]) => until > hour);
    if (waiting.length === 0) {
      best = Math.min(best, Math.max(0, ...running.map(([, until]) => until)));
      return;
    }
    if (hour + duration >= best || hour > 130) return;
    const at = new Date(START.getTime() + hour * HOUR);
    const { open, closesAt } = calendarStateAt(wave.calendars, at);
    const fits = open && (closesAt === null || closesAt.getTime() - at.getTime() >= wave.estimate);
    for (let subset = fits ? 2 ** waiting.length - 1 : 0; subset >= 0; subset -= 1) {
      const chosen = waiting.filter((_, index) => (subset >> index) % 2 === 1);
      const all = [...still.map(([account]) => account), ...chosen];
      const perEach = [0, 1].map((account) => all.filter((one) => one === account).length);
      if (all.length > concurrency || perEach.some((count) => count > perAccount)) continue;
      const left = waiting.filter((_, index) => (subset >> index) % 2 === 0);
      search(hour + 1, left, [...still, ...chosen.map((account) => [account, hour + duration] as const)]);
    }
  };
  search(0, accounts, []);
  return best;
}

test('no schedule of a small fleet is quicker, whatever its limits and windows; with one limit the best one is as quick', () => {
  fc.assert(
    fc.property(
      fc.record({
        accounts: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 4 }),
        concurrency: fc.integer({ min: 1, max: 3 }),
        perAccount: fc.integer({ min: 1, max: 2 }),
        duration: fc.integer({ min: 1, max: 2 }),
        opens: fc.integer({ min: 0, max: 23 }),
        hours: fc.integer({ min: 2, max: 6 }),
      }),
      ({ accounts, concurrency, perAccount, duration, opens, hours }) => {
        const count = (account: number) => accounts.filter((one) => one === account).length;
        const wave: BoundedWave = {
          limits: [
            { clusters: accounts.length, atOnce: concurrency },
            ...[0, 1].map((account) => ({ clusters: count(account), atOnce: perAccount })),
          ],
          duration: duration * HOUR,
          estimate: duration * HOUR,
          calendars: [calendar(opens, hours)],
          soak: 0,
        };
        const bound = (lowerBound([wave], START).getTime() - START.getTime()) / HOUR;
        const best = bestByTrying(accounts, wave, concurrency, perAccount);
        expect(bound).toBeLessThanOrEqual(best);
        if (perAccount >= accounts.length || perAccount >= concurrency) expect(bound).toBe(best);
      },
    ),
    { numRuns: 40 },
  );
});

test('waves follow each other, with the soak between them', () => {
  const wave: BoundedWave = {
    limits: [{ clusters: 3, atOnce: 2 }],
    duration: HOUR,
    estimate: HOUR,
    calendars: [],
    soak: 3 * HOUR,
  };
  expect(lowerBound([wave, wave], START)).toEqual(new Date(START.getTime() + 7 * HOUR));
});
