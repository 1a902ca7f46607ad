import { releaseCluster } from '../../core/operations/hold-switch.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import { machineDefinitions } from '../../simulator/process/machines.ts';
import type { World } from '../../simulator/process/world.ts';
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

// docs/rollbacks.md: once EKS takes a control plane back nothing takes it up again by itself, also where the rollback was stopped from outside.

const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers', nodes: 2 }] };
const moves = (world: World) =>
  mutationsOf(world).filter(({ operation }) => operation === 'UpdateClusterVersion').length;
const goBack = async (world: World) =>
  requestRollback(world.ports, await recordOf(world, 'web'), PERSON, { approve: true });

/** Its rollback is stopped while EKS takes the control plane back. */
async function stopped(policy: Record<string, unknown>): Promise<World> {
  const world = await smallFleet({ clusters: [web], policy });
  await hours(world, 3);
  await goBack(world);
  for (let minutes = 0; moves(world) < 2 && minutes < 200; minutes += 1) await hours(world, 1 / 60);
  const { runner } = world;
  for (const { arn: machineArn } of machineDefinitions())
    for (const { executionArn } of runner.listExecutions({ machineArn, statusFilter: 'RUNNING' }).executions)
      await runner.stopExecution({ executionArn });
  expect([moves(world), versionOf(world, 'web')]).toEqual([2, '1.37']);
  await hours(world, 2);
  return world;
}

const endsOf = async (world: World) => (await upgradesOf(world)).map(({ id, status }) => `${id} ${status}`);

test.each<[string, Record<string, unknown>]>([
  ['has succeeded', {}],
  ['is watched', { waves: [{ name: 'all', watch: '20h' }] }],
])('whose hop %s, and which is released then, is taken up by no rollout', async (_, policy) => {
  const world = await stopped(policy);
  const web = await recordOf(world, 'web');
  expect(web.version).toBe('1.36');
  expect((await explainCluster(world.ports, web)).when.condition).toContain('liftlock release cluster web');
  await releaseCluster(world.ports, (await recordOf(world, 'web')).clusterKey, PERSON);
  await run(world);
  expect([await endsOf(world), moves(world), versionOf(world, 'web')]).toEqual([
    ['1.36-1.37 RolledBack', 'rollback-1.37-1.36 Failed'],
    2,
    '1.36',
  ]);
  expect((await memberOf(world, 'web')).status).toBe('Failed');
});

test('asked for again it comes to its end, and its hop has failed once', async () => {
  const world = await stopped({});
  await goBack(world);
  await hours(world, 2);
  expect(await endsOf(world)).toEqual(['1.36-1.37 RolledBack', 'rollback-1.37-1.36 Succeeded']);
  expect(await checkInvariants(world)).toEqual([]);
});
