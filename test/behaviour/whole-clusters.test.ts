import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { listClusters } from '../../core/queries/list-clusters.ts';
import { writeUnrecorded } from '../../core/store/change.ts';
import { Clusters } from '../../core/store/entities.ts';
import { load, replace } from '../../core/store/entity.ts';
import { upToDateIsWhole } from '../../simulator/invariants/check-invariants.ts';
import { historyOf } from '../../simulator/invariants/history.ts';
import type { World } from '../../simulator/process/world.ts';
import { keyOf } from './changed-policy.ts';
import { clusterArn, hours, recordOf, rolloutsOf, smallFleet } from './small-fleet.ts';

/** Somebody has moved the control plane of `left` in the console, and left its nodes where they were. */
const fleet = () =>
  smallFleet({
    clusters: [
      { name: 'whole', version: '1.37', nodegroups: [{ name: 'workers' }] },
      { name: 'left', version: '1.37', nodegroups: [{ name: 'workers', version: '1.36' }] },
    ],
  });
const statesOf = async ({ table, clock }: World) =>
  (await listClusters({ table, clock }, {})).items.map(({ name, state }) => [name, state]);

test('who is at the target with its nodes behind is not up to date, and every answer says so', async () => {
  const world = await fleet();
  await hours(world, 1.5);
  expect(await statesOf(world)).toEqual([
    ['left', 'NodesBehind'],
    ['whole', 'UpToDate'],
  ]);
  const { state, reasons } = await explainCluster(world.ports, await recordOf(world, 'left'));
  expect([state, reasons.map(({ code }) => code)]).toEqual(['NodesBehind', ['NodesBehind']]);
  expect(await rolloutsOf(world)).toEqual([]);
  expect(await upToDateIsWhole(await historyOf(world))).toEqual([]);
});

test('an inventory that is wrong about nodes is seen by the invariant', async () => {
  const world = await fleet();
  await hours(world, 1.5);
  const read = await load(world.table, Clusters, await keyOf(world, 'left'));
  if (read === undefined) throw new Error(`no record of ${clusterArn('left')}`);
  const nodegroups = read.data.nodegroups.map((group) => ({ ...group, version: '1.37' }));
  await writeUnrecorded(world.table, [replace(Clusters, read, { ...read.data, nodegroups })]);
  expect(await upToDateIsWhole(await historyOf(world))).toEqual([
    { invariant: 'up to date', message: 'left is UpToDate at 1.37, and its group workers is at 1.36' },
  ]);
});
