import { releaseCluster } from '../../core/operations/hold-switch.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import { listClusters } from '../../core/queries/list-clusters.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import { runWorld } from '../../simulator/process/run-world.ts';
import type { World } from '../../simulator/process/world.ts';
import { onStep } from './on-step.ts';
import { hours, PERSON, recordOf, smallFleet, stopExecutions } from './small-fleet.ts';

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
