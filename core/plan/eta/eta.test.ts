import fc from 'fast-check';
import { fleetOf, NOW, type SmallPlan, smallPlan } from '../../../test/material/plan/small-plan.ts';
import { draw } from '../drawn.ts';
import { drawnChance, spreadOf } from './drawn-chance.ts';
import { etaOf, runsFor } from './eta.ts';

const HOUR = 3_600_000;
const learned = { count: 50, p50: 1800, p90: 5400, failureRate: 0 };

function eta(given: SmallPlan, seed = 1, runs = 60) {
  const { rules, inventory } = smallPlan(given);
  return etaOf(draw(rules, inventory, NOW), seed, runs);
}

test('the same seed gives the same answer, another one another', () => {
  const given = { clusters: fleetOf(8), learned, policy: { waves: [{ name: 'all', maxConcurrency: 2 }] } };
  expect(eta(given, 5)).toEqual(eta(given, 5));
  expect(eta(given, 5).p90).not.toBe(eta(given, 6, 61).p90);
});

test('durations have the quantiles that were learned', () => {
  const chance = drawnChance(spreadOf(learned), 3, 0);
  const drawn = Array.from({ length: 4000 }, (_, index) => chance.milliseconds(`c${index}`, 0, HOUR) / 1000).sort(
    (a, b) => a - b,
  );
  const share = (least: number) => drawn.filter((seconds) => seconds <= least).length / drawn.length;
  expect(share(1800 + 150)).toBeGreaterThan(0.48);
  expect(share(1800 - 150)).toBeLessThan(0.52);
  expect(share(5400 + 150)).toBeGreaterThan(0.88);
  expect(share(5400 - 151)).toBeLessThan(0.92);
});

test('failures come at the learned rate', () => {
  const chance = drawnChance({ learned: undefined, failureRate: 0.2 }, 3, 0);
  const failed = Array.from({ length: 4000 }, (_, index) => chance.fails(`c${index}`, 0)).filter(Boolean).length;
  expect(failed / 4000).toBeGreaterThan(0.18);
  expect(failed / 4000).toBeLessThan(0.22);
});

test('what is drawn depends on seed, run, cluster and hop alone, and is a whole number of minutes', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.nat(200),
      fc.string(),
      fc.nat(5),
      fc.integer({ min: 1, max: 600 }),
      (seed, run, key, hop, minutes) => {
        const spread = spreadOf(undefined);
        const drawn = drawnChance(spread, seed, run).milliseconds(key, hop, minutes * 60_000);
        expect(drawnChance(spread, seed, run).milliseconds(key, hop, minutes * 60_000)).toBe(drawn);
        expect(drawn % 60_000).toBe(0);
        expect(drawn).toBeGreaterThanOrEqual(60_000);
      },
    ),
  );
});

test('a fleet that fails more than its budget has no end; one that may fail has', () => {
  const given = (maxFailures: number): SmallPlan => ({
    clusters: fleetOf(20),
    learned: { ...learned, failureRate: 0.3 },
    policy: { waves: [{ name: 'all', maxConcurrency: 1, failureBudget: { maxFailures } }] },
  });
  const strict = eta(given(0));
  expect([strict.p50, strict.p90]).toEqual([null, null]);
  expect(strict.unfinished).toBeGreaterThan(50);
  expect(eta(given(20))).toMatchObject({ p50: expect.any(String), p90: expect.any(String), unfinished: 0 });
});

test('p50 comes before p90, and long hops move both', () => {
  const policy = { waves: [{ name: 'all', maxConcurrency: 1 }] };
  const short = eta({ clusters: fleetOf(6), learned, policy });
  const long = eta({ clusters: fleetOf(6), learned: { ...learned, p50: 7200, p90: 9000 }, policy });
  expect((short.p50 ?? '') < (short.p90 ?? '')).toBe(true);
  expect((long.p50 ?? '') > (short.p90 ?? '')).toBe(true);
});

test.each([
  [0, 200],
  [30, 200],
  [600, 10],
  [100_000, 4],
])('%d hops are drawn in %d runs', (hops, runs) => expect(runsFor(hops)).toBe(runs));

test('where the windows of a cluster never leave it room no run is done, however short its hops', () => {
  const calendars = { a: { windows: [{ name: 'n', schedule: '0 9 * * *', duration: '30m' }] } };
  const waves = [{ name: 'first', clusters: ['c000'], calendar: 'a' }, { name: 'all' }];
  const given = {
    clusters: fleetOf(3),
    learned: { ...learned, p50: 60, p90: 61 },
    calendars,
    policy: { waves, estimates: { upgrade: '1h' } },
  };
  expect(eta(given, 1, 7)).toEqual({ p50: null, p90: null, runs: 7, unfinished: 7, seed: 1 });
});

test('nothing to do has no end', () => {
  expect(eta({ clusters: fleetOf(2, { version: '1.36' }) })).toMatchObject({ p50: null, p90: null, runs: 0 });
});
