import { retryCluster } from '../../core/operations/hold-switch.ts';
import { comparisonOf } from '../../core/probes/probe-verdict.ts';
import { Intents } from '../../core/store/entities.ts';
import { put } from '../../core/store/entity.ts';
import type { World } from '../../simulator/process/world.ts';
import { intent } from '../material/protocol/one-upgrade.ts';
import {
  hours,
  memberOf,
  mutationsOf,
  PERSON,
  recordOf,
  run,
  smallFleet,
  upgradesOf,
  versionOf,
} from './small-fleet.ts';

// docs/probes.md, While it bakes: what got worse with the control plane alone is found before the nodes follow.

const web = {
  ...{ kind: 'Deployment' as const, namespace: 'shop', name: 'web', replicas: 2, labels: { app: 'web' } },
  image: 'web:1',
};
/** Half-way through its bake of two hours: the control plane is at 1.37, the nodes at 1.36. */
async function baking(policy: object = {}) {
  const world = await smallFleet({
    clusters: [{ name: 'shop', version: '1.36', nodegroups: [{ name: 'workers' }], workloads: [web] }],
    policy: { waves: [{ name: 'all', bake: '2h' }], ...policy },
  });
  await hours(world, 1.5);
  const [upgrade] = await upgradesOf(world);
  expect([upgrade?.status, upgrade?.reasons.map(({ code }) => code)]).toEqual(['Parked', ['Baking']]);
  return world;
}
const pods = (world: World) =>
  Object.values(world.eks.state.clusters)
    .flatMap(({ kubernetes }) => kubernetes.pods)
    .filter(({ owner }) => owner === 'Deployment/shop/web');
function crash(world: World): void {
  for (const pod of pods(world)) pod.waitingReason = 'CrashLoopBackOff';
}
function recover(world: World): void {
  for (const pod of pods(world)) delete pod.waitingReason;
}
const rolls = (world: World) =>
  mutationsOf(world).filter(({ operation }) => operation === 'UpdateNodegroupVersion').length;
const ends = async (world: World) => (await upgradesOf(world)).map(({ id, status }) => `${id} ${status}`).sort();

test('a cluster that is worse at the end of its bake fails before its nodes follow, and a retry goes on once it is well', async () => {
  const world = await baking();
  crash(world);
  await hours(world, 1.5);
  const [upgrade] = await upgradesOf(world);
  expect([upgrade?.status, upgrade?.steps['scan-cluster']?.status, rolls(world)]).toEqual(['Failed', 'failed', 0]);
  expect(upgrade?.reasons.map(({ message }) => message).join(' ')).toContain(
    'Worse than before the hop: Deployment shop/web (was well, now 2 of 2 pods CrashLoopBackOff',
  );
  expect(comparisonOf(upgrade)?.verdicts.find(({ probe }) => probe === 'pods')?.result).toBe('fail');
  expect([(await memberOf(world, 'shop')).status, versionOf(world, 'shop')]).toEqual(['Failed', '1.37']);
  recover(world);
  await retryCluster(world.ports, (await recordOf(world, 'shop')).clusterKey, PERSON);
  await run(world);
  expect([await ends(world), rolls(world)]).toEqual([['1.36-1.37 Succeeded'], 1]);
});

test('where its policy has it go back by itself it does so, with no node to take along', async () => {
  const world = await baking({ rollback: { automatic: true, windows: 'ignore' } });
  crash(world);
  await hours(world, 1.2);
  recover(world);
  await run(world);
  expect([await ends(world), versionOf(world, 'shop'), rolls(world)]).toEqual([
    ['1.36-1.37 RolledBack', 'rollback-1.37-1.36 Succeeded'],
    '1.36',
    0,
  ]);
});

test('what passes within a quarter of an hour, and what nothing has made worse, lets the nodes follow', async () => {
  const world = await baking();
  crash(world);
  await hours(world, 0.75);
  const [begun] = await upgradesOf(world);
  expect(begun?.steps['scan-cluster']?.status).toBe('running');
  recover(world);
  await run(world);
  expect([await ends(world), rolls(world)]).toEqual([['1.36-1.37 Succeeded'], 1]);
  const calm = await baking();
  await run(calm);
  expect(await ends(calm)).toEqual(['1.36-1.37 Succeeded']);
});

test('what cannot be read at the end of the bake is told, and fails nothing', async () => {
  const world = await baking();
  for (const { kubernetes } of Object.values(world.eks.state.clusters)) kubernetes.access.forbiddenResources = ['pods'];
  await hours(world, 0.9);
  const [upgrade] = await upgradesOf(world);
  expect(upgrade?.status).not.toBe('Failed');
  expect(upgrade?.steps['scan-cluster']?.reasons.map(({ message }) => message).join(' ')).toContain(
    'Not compared with before the hop while its nodes wait: ',
  );
});

describe('where its nodes have begun to follow only the smoke check compares', () => {
  /** The first roll fails half-way, and leaves behind what the next one mends. */
  async function halfRolled(errorCode: 'NodeCreationFailure' | 'PodEvictionFailure', policy: object = {}) {
    const world = await smallFleet({
      clusters: [{ name: 'shop', version: '1.36', nodegroups: [{ name: 'workers', nodes: 3 }], workloads: [web] }],
      policy: { rollback: { automatic: true, windows: 'ignore' }, ...policy },
      prepare: (state) =>
        void state.plannedFailures.push({
          ...{ clusterName: 'shop', nodegroupName: 'workers', type: 'VersionUpdate' },
          ...{ errorCode, errorMessage: 'because' },
        }),
    });
    for (let quarters = 0; quarters < 24 && rolls(world) === 0; quarters += 1) await hours(world, 0.25);
    await hours(world, 1);
    const left = Object.values(world.eks.state.clusters)[0]?.kubernetes.nodes[0];
    if (left === undefined) throw new Error('no node');
    left.readyAt = world.clock.now().getTime() + 30 * 86_400_000;
    return world;
  }

  test('a retry rolls on, though a node that the roll has left is not Ready', async () => {
    const world = await halfRolled('NodeCreationFailure');
    expect(await ends(world)).toEqual(['1.36-1.37 Failed']);
    await retryCluster(world.ports, (await recordOf(world, 'shop')).clusterKey, PERSON);
    await run(world);
    expect([await ends(world), rolls(world)]).toEqual([['1.36-1.37 Succeeded'], 2]);
  });

  test('so does what is rolled again by itself because pods stayed', async () => {
    const world = await halfRolled('PodEvictionFailure', {
      nodes: { podEvictionFailure: { retries: 3, pause: '4h' } },
    });
    expect(await ends(world)).toEqual(['1.36-1.37 Parked']);
    await run(world);
    expect([await ends(world), rolls(world)]).toEqual([['1.36-1.37 Succeeded'], 2]);
  });

  test('a roll that EKS has refused has moved nothing, so that its cluster is compared all the same', async () => {
    const world = await baking();
    const { clusterKey } = await recordOf(world, 'shop');
    const at = world.clock.now().toISOString();
    const outcome = { type: 'refused' as const, error: 'InvalidParameterException', message: 'no', at };
    const roll = { step: 'roll-node-group', subject: 'workers', committedAt: at, outcome };
    await world.table.transact([put(Intents, intent({ clusterKey, epoch: 1, ...roll }), 'absent')]);
    crash(world);
    await hours(world, 1.5);
    expect([await ends(world), rolls(world)]).toEqual([['1.36-1.37 Failed'], 0]);
  });
});
