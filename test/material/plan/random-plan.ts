import fc from 'fast-check';
import { fleetOf, type SmallCluster, type SmallPlan } from './small-plan.ts';

/** Windows that open often enough for plans to end within weeks. */
const calendar = fc.record({
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe'),
  windows: fc.array(
    fc
      .tuple(
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 2, max: 9 }),
        fc.constantFrom('*', 'MON-THU', 'SAT,SUN'),
      )
      .map(([hour, hours, days]) => ({ schedule: `0 ${hour} * * ${days}`, duration: `${hours}h` })),
    { maxLength: 2 },
  ),
  freezes: fc.array(
    fc
      .tuple(fc.integer({ min: 20, max: 26 }), fc.integer({ min: 1, max: 3 }))
      .map(([day, days]) => ({ from: `2026-11-${day}T06:00`, to: `2026-11-${day + days}T06:00` })),
    { maxLength: 2 },
  ),
});

const named = <Item extends object>(items: readonly Item[], what: string) =>
  items.map((item, index) => ({ name: `${what}${index}`, ...item }));

const wave = fc.record(
  {
    maxConcurrency: fc.constantFrom(1, 2, 3, '50%'),
    canaries: fc.constantFrom(1, 2),
    soak: fc.constantFrom('90m', '7h', '1d'),
    bake: fc.constantFrom('40m', '5h'),
    calendar: fc.constantFrom('a', 'b', ['a', 'b']),
    mayOverrun: fc.boolean(),
    failureBudget: fc.constantFrom({ countInFlight: true, maxFailures: 2 }, { maxFailures: 1 }),
  },
  { requiredKeys: [] },
);

const cluster = fc.record({
  version: fc.constantFrom('1.33', '1.34', '1.35', '1.36'),
  account: fc.constantFrom('111111111111', '222222222222', '333333333333'),
  labels: fc.record({ stage: fc.constantFrom('w0', 'w1', 'w2', 'w3') }),
  tags: fc.oneof(
    { weight: 6, arbitrary: fc.constant({}) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        { 'liftlock/paused': 'true' },
        { 'liftlock/calendar': 'b' },
        { 'liftlock/wave': 'w2' },
      ),
    },
  ),
  createdAt: fc.constantFrom('2025-01-01T00:00:00Z', '2026-11-20T05:00:00Z'),
});

/** Random fleets under random policies: up to four waves, calendars, caps, soaks, bakes, canaries. */
export const randomPlan: fc.Arbitrary<SmallPlan> = fc
  .record({
    waves: fc.array(wave, { minLength: 1, maxLength: 4 }),
    clusters: fc.array(cluster, { minLength: 1, maxLength: 24 }),
    caps: fc.record(
      { total: fc.integer({ min: 1, max: 6 }), perAccount: fc.integer({ min: 1, max: 3 }) },
      { requiredKeys: [] },
    ),
    a: calendar,
    b: calendar,
    minutes: fc.constantFrom(30, 60, 75),
    order: fc.constantFrom(['name'], ['deadline', 'name']),
  })
  .map(({ waves, clusters, caps, a, b, minutes, order }) => ({
    policy: {
      waves: named(waves, 'w').map((one, index, all) =>
        index === all.length - 1 ? one : { ...one, selector: { matchLabels: { stage: one.name } } },
      ),
      estimates: { upgrade: `${minutes}m` },
      order,
    },
    caps,
    calendars: Object.fromEntries(
      Object.entries({ a, b }).map(([name, one]) => [
        name,
        { ...one, windows: named(one.windows, 'window'), freezes: named(one.freezes, 'freeze') },
      ]),
    ),
    clusters: fleetOf(clusters.length).map((one, index): SmallCluster => ({ ...one, ...clusters[index] })),
  }));

/** The same plans for every property, so that what is made of one can be kept. */
export const holds = (check: (given: SmallPlan) => void, numRuns = 80): void =>
  fc.assert(fc.property(randomPlan, check), { numRuns, seed: 20_261_120 });
