import { NOW, type SmallPlan, smallPlan } from '../../test/material/plan/small-plan.ts';
import { drawPlan } from './draw-plan.ts';

const day = { windows: [{ name: 'd', schedule: '0 8 * * *', duration: '6h' }] };
const night = { windows: [{ name: 'n', schedule: '0 22 * * *', duration: '6h' }] };
const cluster = (name: string, stage: string, tags: Record<string, string> = {}) => ({ name, labels: { stage }, tags });
const acme = { 'liftlock/calendar': 'acme' };
const wave = (name: string, more: object = {}) => ({ name, selector: { matchLabels: { stage: name } }, ...more });

function planOf(policy: object, given: SmallPlan = {}) {
  const { rules, inventory } = smallPlan({
    clusters: [cluster('s', 'staging'), cluster('a', 'staging', acme), cluster('p', 'prod'), cluster('r', 'rest')],
    calendars: { night, acme: day },
    policy: { waves: [wave('staging', { calendar: 'night', soak: '1h' }), wave('prod'), wave('rest')], ...policy },
    ...given,
  });
  return drawPlan(rules, inventory, { now: NOW, seed: 1, runs: 3 });
}
const opens = ({ waves }: ReturnType<typeof planOf>) => waves.map(({ opensAt }) => opensAt);
const WHY =
  'In the wave staging, a never starts as things are: night and acme are never open at the same time within three years, as far ahead as Liftlock plans.';

test('a wave that waits for who never starts leaves the later ones without dates, and says so first', () => {
  const plan = planOf({});
  expect(plan.stalled).toEqual([
    {
      policy: 'standard',
      wave: 'staging',
      clusters: ['a'],
      holds: ['prod', 'rest'],
      leavesAt: null,
      message: `${WHY} The wave does not end by itself, and prod and rest after it do not begin (cannotStart: wait). Change the calendars, or let the policy standard go on without: cannotStart: { leaveBehindAfter: 14d }.`,
    },
  ]);
  expect(opens(plan)).toEqual(['2026-11-20T08:00:00Z', null, null]);
  expect([plan.feasible, plan.limitedBy?.kind, plan.eta.p50]).toEqual([false, 'several', null]);
  expect(planOf({ cannotStart: 'wait' }).stalled).toEqual(plan.stalled);
});

test('one that leaves them behind gives the later ones dates from then on', () => {
  const plan = planOf({ cannotStart: { leaveBehindAfter: '14d' } });
  expect(plan.stalled).toMatchObject([
    {
      clusters: ['a'],
      leavesAt: '2026-12-04T08:00:00Z',
      message: `${WHY} The wave waits until 2026-12-04T08:00:00.000Z, and prod and rest after it; what still never starts then is left behind (cannotStart of the policy standard).`,
    },
  ]);
  // The soak began at the last success, long before.
  expect(opens(plan)).toEqual(['2026-11-20T08:00:00Z', '2026-12-04T08:00:00Z', '2026-12-04T09:00:00Z']);
  const [left] = plan.waves.flatMap(({ clusters }) => clusters.filter(({ name }) => name === 'a'));
  expect([left?.start, left?.end, left?.reasons.map(({ code }) => code)]).toEqual([
    null,
    null,
    ['NeverStarts', 'Wave', 'ForcedUpgrade'],
  ]);
  // It is still not done, and only its calendars stop it.
  expect([plan.feasible, plan.limitedBy?.kind, plan.eta.p50]).toEqual([false, 'several', null]);
});

test.each<[string, object, SmallPlan]>([
  ['meets its wave now and then', {}, { calendars: { night, acme: night } }],
  [
    'is kept out by its tags: no wave waits for it',
    {},
    { clusters: [cluster('s', 'staging'), cluster('a', 'staging', { ...acme, 'liftlock/paused': 'true' })] },
  ],
])('no wave is held by who %s', (_, policy, given) => {
  expect(planOf(policy, given).stalled).toEqual([]);
});

test('an upgrade that is learned to take longer than every opening stalls all of its wave', () => {
  const learned = { count: 9, p50: 20_000, p90: 25_200, failureRate: 0 };
  const { stalled, waves } = planOf({ cannotStart: { leaveBehindAfter: '2d' } }, { learned });
  const [{ clusters = [], message = '' } = {}] = stalled;
  expect([stalled.length, clusters]).toEqual([1, ['a', 's']]);
  expect(message).toContain(
    's never starts as things are: an upgrade is taken to last 7h, and within three years, as far ahead as Liftlock plans, night is never open for longer than 6h.',
  );
  // A wave without an attempt proves nothing.
  expect(message).toMatch(/Too few are judged then, so that an approver lets it pass \(rollout promote\)\.$/);
  expect(waves.map(({ opensAt }) => opensAt)).toEqual(['2026-11-20T08:00:00Z', null, null]);
});

test('however many never start, later waves begin without them', () => {
  const clusters = Array.from({ length: 700 }, (_, index) => cluster(`a${index}`, 'staging', acme));
  const cannotStart = { leaveBehindAfter: '14d' };
  const plan = planOf({ cannotStart }, { clusters: [...clusters, cluster('s', 'staging'), cluster('p', 'prod')] });
  expect(plan.stalled[0]?.message).toMatch(/a0, a1, .* and 690 more never start as things are: /);
  expect(opens(plan)).toEqual(['2026-11-20T08:00:00Z', '2026-12-04T08:00:00Z', null]);
});

test('a wave that opens with ready clusters alone waits for who is known to be blocked, and takes all others to be looked at in time', () => {
  const scan = { target: '1.36', scannedAt: '2026-11-10T08:00:00Z', verdict: 'fail' };
  const stuck = { ...scan, causes: [{ cause: 'psp', severity: 'error', findings: 1 }] };
  const ready = (scans: object[]) =>
    planOf(
      { waves: [wave('staging', { requireReady: '24h' }), wave('prod'), wave('rest')] },
      { clusters: [{ ...cluster('s', 'staging'), scans }, cluster('a', 'staging'), cluster('p', 'prod')] },
    );
  const plan = ready([stuck]);
  expect(plan.stalled).toEqual([
    {
      ...{ policy: 'standard', wave: 'staging', clusters: ['s'], holds: ['prod'], leavesAt: null },
      message: expect.stringMatching(/^The wave staging opens once .* \(requireReady\): s is blocked\. /),
    },
  ]);
  expect([opens(plan).slice(0, 2), plan.feasible, plan.eta.p50]).toEqual([[null, null], false, null]);
  const open = ready([{ ...scan, verdict: 'pass' }]);
  expect([open.stalled, open.feasible]).toEqual([[], true]);
});
