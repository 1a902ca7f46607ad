import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import { listClusters } from '../../core/queries/list-clusters.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import { runWorld } from '../../simulator/process/run-world.ts';
import type { World } from '../../simulator/process/world.ts';
import { onStep } from './on-step.ts';
import { hours, memberOf, mutationsOf, PERSON, recordOf, run, smallFleet, stopExecutions } from './small-fleet.ts';

const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers', nodes: 2 }] };
const stateOf = async (world: World) => (await listClusters(world.ports, {})).items[0]?.state;

test('a cluster that is released half-way back is never said to be up to date, and behind as soon as it was read', async () => {
  const world = await smallFleet({ clusters: [web] });
  await hours(world, 3);
  onStep(world, 'roll-node-group/workers', 'running', 'web', () => stopExecutions(world));
  const { clusterKey } = await recordOf(world, 'web');
  await requestRollback(world.ports, await recordOf(world, 'web'), PERSON, { approve: true });
  const states: unknown[] = [];
  for (let minutes = 0; minutes < 150; minutes += 5) {
    const until = new Date(world.clock.now().getTime() + 300_000);
    await runWorld(world, { until, quietHours: 2, discoverMinutes: 300 });
    const state = await stateOf(world);
    if (state === 'Held') await releaseCluster(world.ports, clusterKey, PERSON);
    if (states.at(-1) !== state) states.push(state);
    expect(await checkInvariants(world)).toEqual([]);
  }
  expect(states).toEqual(['Held', 'PatchesUnknown', 'NodesBehind']);
});

test('an update that fails after its execution was stopped ends no retry, which sends another one', async () => {
  const world = await smallFleet({
    clusters: [web],
    prepare: (state) =>
      void state.plannedFailures.push({
        ...{ clusterName: 'web', nodegroupName: 'workers', type: 'VersionUpdate' },
        ...{ errorCode: 'NodeCreationFailure', errorMessage: 'no nodes' },
      }),
  });
  const rolls = () => mutationsOf(world).filter(({ operation }) => operation === 'UpdateNodegroupVersion').length;
  onStep(world, 'roll-node-group/workers', 'running', 'web', () => stopExecutions(world));
  await hours(world, 6);
  expect([await stateOf(world), rolls()]).toEqual(['Held', 1]);
  await retryCluster(world.ports, (await recordOf(world, 'web')).clusterKey, PERSON);
  await run(world);
  expect([(await memberOf(world, 'web')).status, rolls()]).toEqual(['Succeeded', 2]);
  expect(await checkInvariants(world)).toEqual([]);
});
