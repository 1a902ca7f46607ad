import { requestRollback } from '../../core/operations/request-rollback.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import {
  hours,
  mutationsOf,
  onlyCluster,
  PERSON,
  recordOf,
  run,
  smallFleet,
  upgradesOf,
  versionOf,
} from './small-fleet.ts';

// docs/rollbacks.md, What it does not do: Auto Mode.

const auto = { name: 'web', version: '1.36', autoModeNodes: 2, addons: {} };
const upgraded = async (rollback: object = {}, cluster: object = auto) => {
  const world = await smallFleet({ clusters: [cluster as typeof auto], policy: { rollback } });
  await run(world);
  return world;
};
const goBack = async (world: World) =>
  requestRollback(world.ports, await recordOf(world, 'web'), PERSON, { approve: true });
const endsOf = async (world: World) => (await upgradesOf(world)).map(({ id, status }) => `${id} ${status}`);
const kubeletsOf = (world: World) =>
  onlyCluster(world).kubernetes.nodes.map(({ kubeletVersion }) => kubeletVersion.slice(1, 5));
const IS_BACK = ['1.36-1.37 RolledBack', 'rollback-1.37-1.36 Succeeded'];

test('of Auto Mode EKS takes the nodes back itself; those that may not be disrupted are told before', async () => {
  const world = await upgraded();
  await goBack(world);
  await run(world);
  expect([await endsOf(world), kubeletsOf(world)]).toEqual([IS_BACK, ['1.36', '1.36']]);
  const held = await upgraded();
  for (const node of onlyCluster(held).kubernetes.nodes) node.doNotDisrupt = true;
  await goBack(held);
  await run(held);
  const [, back] = await upgradesOf(held);
  expect([back?.status, back?.reasons[0]?.code, versionOf(held, 'web')]).toEqual([
    'Blocked',
    'RollbackInsight',
    '1.37',
  ]);
});

/** A cluster in Auto Mode on its way back, whose nodes nobody may disrupt from when EKS has begun to. */
async function stuckInAutoMode(rollback: object) {
  const world = await upgraded(rollback);
  const { updateClusterVersion } = world.ports.mutator;
  Object.assign(world.ports.mutator, {
    updateClusterVersion: async (...call: Parameters<typeof updateClusterVersion>) => {
      Object.assign(world.ports.mutator, { updateClusterVersion });
      const update = await updateClusterVersion(...call);
      for (const node of onlyCluster(world).kubernetes.nodes) node.doNotDisrupt = true;
      return update;
    },
  });
  await goBack(world);
  const sent = () => mutationsOf(world).at(-1)?.request.rollbackConfig;
  const state = async () => {
    const back = (await upgradesOf(world)).find(({ id }) => id === 'rollback-1.37-1.36');
    return [back?.status, versionOf(world, 'web'), back?.reasons.map(({ message }) => message).join(' ')];
  };
  return { world, sent, state };
}

test('Auto Mode has as long to take its nodes back as the policy says, and the control plane stays where they do not come', async () => {
  const { world, sent, state } = await stuckInAutoMode({ autoModeTimeout: '3h' });
  await hours(world, 2.5);
  expect([sent(), (await state()).slice(0, 2)]).toEqual([{ timeoutMinutes: 180 }, ['Running', '1.37']]);
  await run(world);
  expect(await state()).toEqual(['Failed', '1.37', expect.stringContaining('ended Failed: Auto Mode nodes')]);
  // Asked for again it tries again.
  for (const node of onlyCluster(world).kubernetes.nodes) node.doNotDisrupt = false;
  await goBack(world);
  await run(world);
  expect((await state())[1]).toBe('1.36');
});

test('whose nodes Liftlock takes back itself EKS is told no time for', async () => {
  const world = await upgraded(
    { autoModeTimeout: '3h' },
    { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] },
  );
  await goBack(world);
  await run(world);
  expect([await endsOf(world), mutationsOf(world).at(-1)?.request.rollbackConfig]).toEqual([IS_BACK, undefined]);
});

test('what somebody cancels while the nodes go back ends as that, and the cluster is held', async () => {
  const { world, sent, state } = await stuckInAutoMode({});
  await hours(world, 1);
  expect(sent()).toBeUndefined();
  const { account, region, updates } = onlyCluster(world);
  const caller = { account, region, principal: `arn:aws:iam::${account}:user/ann` };
  world.eks.operation('CancelUpdate', { name: 'web', updateId: updates.at(-1)?.id }, caller, world.clock.now());
  await run(world);
  expect(await state()).toEqual(['Failed', '1.37', expect.stringContaining('Cancelled')]);
  expect((await explainCluster(world.ports, await recordOf(world, 'web'))).state).toBe('Held');
});
