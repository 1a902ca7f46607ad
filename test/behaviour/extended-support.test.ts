import { requestRollback } from '../../core/operations/request-rollback.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import type { World } from '../../simulator/process/world.ts';
import { AT_MUTATIONS } from '../e2e/crash-scenarios.ts';
import { applySpec, spec } from './changed-policy.ts';
import { onStep } from './on-step.ts';
import {
  hours,
  mutationsOf,
  PERSON,
  recordOf,
  run,
  type SmallFleet,
  smallFleet,
  upgradesOf,
  versionOf,
} from './small-fleet.ts';

// docs/rollbacks.md: EKS takes a control plane back into extended support only where the support type is EXTENDED, which somebody has to have said.

const web = { kind: 'Deployment' as const, namespace: 'shop', name: 'web', replicas: 2, labels: { app: 'web' } };
const shop = {
  name: 'shop',
  version: '1.33',
  nodegroups: [{ name: 'workers' }],
  workloads: [{ ...web, image: 'web:1' }],
};
/** At 1.34, from 1.33, which is in extended support. */
async function upgraded(policy: object = {}, more: Partial<SmallFleet> = {}): Promise<World> {
  const world = await smallFleet({
    clusters: [{ ...shop, supportType: 'STANDARD' }],
    policy: { target: '1.34', ...policy },
    ...more,
  });
  await run(world);
  expect(versionOf(world, 'shop')).toBe('1.34');
  return world;
}
const ask = async (world: World, order: { approve: boolean; extendSupport?: boolean }) =>
  requestRollback(world.ports, await recordOf(world, 'shop'), PERSON, order);
const supportOf = (world: World) => Object.values(world.eks.state.clusters).map(({ supportType }) => supportType);
const callsOf = (world: World, from: number) =>
  mutationsOf(world)
    .slice(from)
    .map(({ operation }) => operation);
const back = ['UpdateNodegroupVersion', 'UpdateAddon', 'UpdateClusterConfig', 'UpdateClusterVersion'];

test('without a word of policy or person it is in the way, with what to do; with one the plan says what it costs', async () => {
  const world = await upgraded();
  const plain = await ask(world, { approve: false });
  expect([plain.status, plain.refusals.map(({ code }) => code)]).toEqual(['Blocked', ['NeedsExtendedSupport']]);
  await expect(ask(world, { approve: true })).rejects.toThrow('is in extended support');
  const allowed = await ask(world, { approve: false, extendSupport: true });
  expect([allowed.status, allowed.notes[0]?.code]).toEqual(['NotApproved', 'ExtendsSupport']);
  expect(allowed.notes[0]?.message).toContain('costs $12.00 a day');
  expect(supportOf(world)).toEqual(['STANDARD']);
});

test('who asks for the rollback may say so for that alone, and it is set right before the control plane goes back', async () => {
  const world = await upgraded();
  const before = mutationsOf(world).length;
  await ask(world, { approve: true, extendSupport: true });
  await run(world);
  expect([versionOf(world, 'shop'), supportOf(world), callsOf(world, before)]).toEqual(['1.33', ['EXTENDED'], back]);
  const journal = world.table
    .auditTimeline()
    .filter(({ event, detail }) => event === 'MutationCommitted' && detail.step === 'extend-support');
  expect(journal.map(({ detail }) => detail.call)).toMatchObject([{ name: 'ExtendSupport', input: { name: 'shop' } }]);
});

test.each([
  [true, 'ExtendsSupport'],
  [false, 'NeedsExtendedSupport'],
])('a day before the way back is over it is told with what the policy lets (%s)', async (extendSupport, code) => {
  const world = await upgraded({ rollback: { extendSupport } });
  await hours(world, 7 * 24);
  const codes = world.bus.published.flatMap(({ event }) =>
    event.type === 'RollbackDeadlineApproaching' ? [event.detail.reasons.map((one) => one.code)] : [],
  );
  expect(codes).toEqual([[code]]);
});

test('a policy may say so for all, and then a cluster that got worse goes back by itself', async () => {
  const rollback = { automatic: true, extendSupport: true };
  const bakes = { clusters: [{ ...shop, supportType: 'STANDARD' as const }] };
  const policy = { target: '1.34', waves: [{ name: 'all', bake: '2h' }] };
  const end = async (own: object) => {
    const world = await smallFleet({ ...bakes, policy: { ...policy, rollback: own } });
    await hours(world, 1.5);
    for (const { kubernetes } of Object.values(world.eks.state.clusters))
      for (const pod of kubernetes.pods)
        if (pod.owner === 'Deployment/shop/web') pod.waitingReason = 'CrashLoopBackOff';
    await run(world);
    const ends = (await upgradesOf(world)).map(({ id, status }) => `${id} ${status}`);
    return [versionOf(world, 'shop'), supportOf(world), ends.sort()];
  };
  expect(await end(rollback)).toEqual(['1.33', ['EXTENDED'], ['1.33-1.34 RolledBack', 'rollback-1.34-1.33 Failed']]);
  expect(await end({ automatic: true })).toEqual([
    '1.34',
    ['STANDARD'],
    ['1.33-1.34 Failed', 'rollback-1.34-1.33 Blocked'],
  ]);
});

test('one whose support type is EXTENDED, and one whose minor before is in standard support, are set to nothing', async () => {
  const extended = await upgraded({}, { clusters: [{ ...shop, supportType: 'EXTENDED' }] });
  const before = mutationsOf(extended).length;
  await ask(extended, { approve: true, extendSupport: true });
  await run(extended);
  expect(callsOf(extended, before)).toEqual(back.filter((call) => call !== 'UpdateClusterConfig'));
  const young = await smallFleet({
    clusters: [{ ...shop, version: '1.36', supportType: 'STANDARD' }],
    policy: { target: '1.37', rollback: { extendSupport: true } },
  });
  await run(young);
  await ask(young, { approve: true });
  await run(young);
  expect([versionOf(young, 'shop'), supportOf(young)]).toEqual(['1.36', ['STANDARD']]);
});

test('what a policy has withdrawn meanwhile is not done: the nodes have gone back, and the control plane waits for a person', async () => {
  const world = await upgraded({ rollback: { extendSupport: true } });
  onStep(world, 'roll-node-group/workers', 'done', 'shop', () =>
    applySpec(world, { ...spec({ name: 'all' }), target: '1.34' }),
  );
  await ask(world, { approve: true });
  await run(world);
  const [, back] = (await upgradesOf(world)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  expect([versionOf(world, 'shop'), supportOf(world), back?.status, back?.reasons[0]?.code]).toEqual([
    '1.34',
    ['STANDARD'],
    'Failed',
    'NeedsExtendedSupport',
  ]);
  // Whoever goes on with it lets the support type be set, and hears that.
  const { when, rollback } = await explainCluster(world.ports, await recordOf(world, 'shop'));
  expect(rollback.blockers.map(({ code }) => code)).toContain('NeedsExtendedSupport');
  expect(when.condition).toMatch(/runs: liftlock rollback cluster shop --extend-support --approve, which goes on/);
});

test('nor is what it has withdrawn between the decision and the commit', async () => {
  const armed = new Faults([]);
  const world = await upgraded({ rollback: { extendSupport: true } }, { armed });
  const withdraw = async () => void (await applySpec(world, { ...spec({ name: 'all' }), target: '1.34' }));
  armed.arm({
    ...{ when: 'before', operation: 'commit', function: 'upgrade-control-plane' },
    effect: { kind: 'act', act: withdraw },
  });
  await ask(world, { approve: true });
  await run(world);
  const [, back] = (await upgradesOf(world)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  expect(armed.hits).toHaveLength(1);
  expect([versionOf(world, 'shop'), supportOf(world), back?.status, back?.reasons[0]?.code]).toEqual([
    ...['1.34', ['STANDARD']],
    ...['Failed', 'NeedsExtendedSupport'],
  ]);
});

test.each(AT_MUTATIONS.map((point) => [point.name, point] as const))('%s: it ends the same', async (_, point) => {
  const armed = new Faults([]);
  const world = await upgraded({ rollback: { extendSupport: true } }, { armed });
  for (const fault of point.faults) armed.arm({ ...fault, function: 'upgrade-control-plane' });
  await ask(world, { approve: true });
  await run(world);
  expect(armed.hits.length).toBeGreaterThan(0);
  expect([versionOf(world, 'shop'), supportOf(world)]).toEqual(['1.33', ['EXTENDED']]);
});
