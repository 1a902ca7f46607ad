import { fleetOf, NOW, type SmallPlan, smallPlan } from '../../../test/material/plan/small-plan.ts';
import { draw, meets } from '../drawn.ts';
import { offlineSnapshot } from '../offline-snapshot.ts';
import { AS_ESTIMATED } from '../plan-input.ts';
import { runForward } from '../run-forward.ts';
import { constraintsOf, limitedBy } from './limited-by.ts';

function limited(given: SmallPlan) {
  const { rules, inventory } = smallPlan(given);
  const drawn = draw(rules, inventory, NOW);
  return { drawn, inventory, found: limitedBy(drawn, inventory) };
}

const nights = { windows: [{ name: 'nights', schedule: '0 22 * * *', duration: '3h' }] };
const freeze = { name: 'sale', from: '2026-11-20T00:00', to: '2026-11-25T00:00' };

const CASES: [string, SmallPlan, { kind: string; name: string | null; change: RegExp }][] = [
  [
    'a cap',
    { clusters: fleetOf(6), caps: { perAccount: 1 }, policy: { deadline: '2026-11-20T11:30:00Z' } },
    { kind: 'cap', name: 'caps.perAccount', change: /^raise caps\.perAccount of the Fleet from 1 to 2$/ },
  ],
  [
    'a cap of both Fleet and policy',
    { clusters: fleetOf(6), caps: { total: 2 }, policy: { deadline: '2026-11-20T10:30:00Z', caps: { total: 1 } } },
    { kind: 'cap', name: 'caps.total', change: /of the Fleet from 2 to 3 and of the policy standard from 1 to 3$/ },
  ],
  [
    'concurrency',
    {
      clusters: fleetOf(6),
      policy: { deadline: '2026-11-20T10:30:00Z', waves: [{ name: 'all', maxConcurrency: '20%' }] },
    },
    { kind: 'concurrency', name: 'standard/all', change: /maxConcurrency .* from 20% \(1\) to 3$/ },
  ],
  [
    'a failure budget that counts in flight',
    {
      clusters: fleetOf(6),
      policy: {
        deadline: '2026-11-20T10:30:00Z',
        waves: [{ name: 'all', maxConcurrency: 10, failureBudget: { maxFailures: 2, countInFlight: true } }],
      },
    },
    { kind: 'failureBudget', name: 'standard/all', change: /counts in flight, from 2 to 3$/ },
  ],
  [
    'canaries',
    {
      clusters: fleetOf(6),
      policy: { deadline: '2026-11-20T10:30:00Z', waves: [{ name: 'all', maxConcurrency: 10, canaries: 3 }] },
    },
    { kind: 'canaries', name: 'standard/all', change: /from 3 to 1$/ },
  ],
  [
    'a soak',
    {
      clusters: fleetOf(2),
      policy: { deadline: '2026-11-21', waves: [{ name: 'first', clusters: ['c000'], soak: '24h' }, { name: 'rest' }] },
    },
    { kind: 'soak', name: 'standard/first', change: /^shorten soak of the wave first .* from 24h to 13h$/ },
  ],
  [
    'a bake',
    { policy: { deadline: '2026-11-20T18:00:00Z', waves: [{ name: 'all', maxConcurrency: 10, bake: '24h' }] } },
    { kind: 'bake', name: 'standard/all', change: /from 24h to 8h$/ },
  ],
  [
    'a watch',
    { policy: { deadline: '2026-11-20T18:00:00Z', waves: [{ name: 'all', maxConcurrency: 10, watch: '24h' }] } },
    { kind: 'watch', name: 'standard/all', change: /from 24h to 8h$/ },
  ],
  [
    'a window',
    {
      clusters: fleetOf(6),
      calendars: { nights },
      policy: { deadline: '2026-11-21T12:00:00Z', waves: [{ name: 'all', maxConcurrency: 1, calendar: 'nights' }] },
    },
    { kind: 'window', name: 'nights/nights', change: /^lengthen the window nights .* from 3h to 6h$/ },
  ],
  [
    'a freeze',
    {
      calendars: { sale: { freezes: [freeze] } },
      policy: { deadline: '2026-11-23', waves: [{ name: 'all', maxConcurrency: 10, calendar: 'sale' }] },
    },
    { kind: 'freeze', name: 'sale/sale', change: /at 2026-11-22T22:00 instead of 2026-11-25T00:00$/ },
  ],
  [
    'how long an upgrade takes',
    { clusters: fleetOf(1), policy: { deadline: '2026-11-20T08:45:00Z' } },
    { kind: 'duration', name: 'standard', change: /^upgrades that take 44m instead of 1h/ },
  ],
  [
    'no single one',
    {
      clusters: fleetOf(6),
      caps: { total: 1 },
      policy: { deadline: '2026-11-20T08:30:00Z', waves: [{ name: 'all', maxConcurrency: 1 }] },
    },
    {
      kind: 'several',
      name: null,
      change: /^no single change is enough; the deadline 2026-11-21 of the policy standard would hold$/,
    },
  ],
];

test.each(CASES)('what limits a plan: %s', (_, given, { kind, name, change }) => {
  const { found } = limited(given);
  expect(found).toEqual({ kind, name, change: expect.stringMatching(change) });
});

test.each(CASES.filter(([, , { name }]) => name !== null))(
  'the change is enough, and a smaller one is not: %s',
  (_, given) => {
    const { drawn, inventory, found } = limited(given);
    const [constraint] = constraintsOf(drawn, ['standard']).filter(
      ({ name, kind }) => name === found?.name && kind === found?.kind,
    );
    if (constraint === undefined) throw new Error('it is none of the constraints');
    const isFeasible = (step: number): boolean => {
      const snapshot = offlineSnapshot(constraint.at(step).rules, inventory);
      const forward = runForward({ ...drawn.input, snapshot }, drawn.plans, AS_ESTIMATED);
      return drawn.deadlines.every((deadline) => meets(drawn, forward, deadline));
    };
    const steps = Array.from({ length: constraint.steps }, (_one, index) => index + 1);
    const chosen = steps.find((step) => constraint.at(step).change === found?.change) ?? 0;
    expect([isFeasible(chosen), chosen === 1 || isFeasible(chosen - 1)]).toEqual([true, chosen === 1]);
  },
);

test('the deadline that is proposed where nothing else helps would hold', () => {
  const given = CASES.at(-1)?.[1] ?? {};
  const { found } = limited({ ...given, policy: { ...given.policy, deadline: '2026-11-21' } });
  expect(found).toBeNull();
});

test('a plan that is feasible is limited by nothing', () => {
  expect(limited({ policy: { deadline: '2026-12-02' } }).found).toBeNull();
});
