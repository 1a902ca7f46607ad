import { recordCluster } from '../../core/inventory/record-cluster.ts';
import { releaseCluster } from '../../core/operations/hold-switch.ts';
import { loadSnapshot } from '../../core/rollout/load-snapshot.ts';
import { reconcileRollouts } from '../../core/rollout/reconcile-rollouts.ts';
import { markDirty } from '../../core/store/change.ts';
import { Grants, Learned, ReconcileMarkers } from '../../core/store/entities.ts';
import { load, replace } from '../../core/store/entity.ts';
import type { World } from '../../simulator/process/world.ts';
import { discover, memberOf, PERSON, recordOf, rolloutsOf, run, smallFleet } from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

/** Partitions that the next hourly look reads: configuration and versions; accounts, and each rollout with its members and waves. */
async function partitionsRead(world: World): Promise<number> {
  const turn = 10 * 60_000;
  const next = Math.ceil((world.clock.now().getTime() + 60 * 60_000) / turn) * turn;
  await world.clock.runUntil(new Date(next));
  const before = world.table.reads.partition;
  await world.tick();
  return world.table.reads.partition - before;
}

test('the hourly look does not read again what has ended while all is at rest', async () => {
  const world = await smallFleet({ clusters: staged('dev', ['a', 'b']) });
  await run(world);
  expect(await partitionsRead(world)).toBe(2);
});

test('it does where somebody may have had a try already, who gets no other', async () => {
  const policy = { waves: [{ name: 'all', maxConcurrency: 10, failureBudget: { maxFailures: 1 } }] };
  const world = await smallFleet({ clusters: staged('dev', ['a', 'b']), policy, prepare: failing('a') });
  await run(world);
  await releaseCluster(world.ports, (await recordOf(world, 'a')).clusterKey, PERSON);
  expect(await partitionsRead(world)).toBeGreaterThan(3);
  expect(await rolloutsOf(world)).toHaveLength(1);
  expect((await memberOf(world, 'a')).status).toBe('Failed');
});

test('what durations were learned lies beside the marker, and is understood where the version before keeps it', async () => {
  const world = await smallFleet({ clusters: staged('dev', ['a', 'b']) });
  await run(world);
  const learned = (await load(world.table, Learned))?.data;
  expect(learned?.count).toBe(2);
  const marker = await load(world.table, ReconcileMarkers);
  expect(marker?.data).toEqual({ lastFullAt: expect.any(String), atRest: true });
  const before = { count: 40, p50: 60, p90: 120, failureRate: 0 };
  const older = await smallFleet({ clusters: staged('dev', ['a', 'b']), policy: { trigger: 'manual' } });
  await older.tick();
  const kept = await load(older.table, ReconcileMarkers);
  await older.table.transact([replace(ReconcileMarkers, kept, { ...kept?.data, atRest: undefined, learned: before })]);
  expect((await loadSnapshot(older.table, await older.table.queryActive(), 'fleet')).learned).toEqual(before);
  await partitionsRead(older);
  expect((await load(older.table, Learned))?.data).toEqual(before);
  expect((await load(older.table, ReconcileMarkers))?.data.learned).toBeUndefined();
});

test('what comes in during a look that was asked for is looked at by the next one, and a look that died is made again', async () => {
  const world = await smallFleet({ clusters: staged('dev', ['a']), policy: { trigger: 'manual' } });
  await discover(world);
  const marker = async () => (await load(world.table, ReconcileMarkers))?.data;
  await markDirty(world.ports);
  const query = world.table.queryPartition.bind(world.table);
  world.table.queryPartition = async (...asked) => {
    world.table.queryPartition = query;
    await markDirty(world.ports);
    return query(...asked);
  };
  await world.tick();
  expect(await marker()).toMatchObject({ dirtySince: expect.any(String), lookBegunAt: expect.any(String) });
  world.table.queryPartition = () => Promise.reject(new Error('the function was ended'));
  await world.tick();
  world.table.queryPartition = query;
  expect(await marker()).toMatchObject({ lookBegunAt: expect.any(String) });
  expect(await marker()).not.toHaveProperty('dirtySince');
  await world.tick();
  expect(await marker()).toEqual({ lastFullAt: expect.any(String), atRest: true });
});

test('what began between the listing and the look is in it, although a mark stood already', async () => {
  const world = await smallFleet({ clusters: staged('dev', ['a']) });
  await discover(world);
  for (let minutes = 0; (await world.table.queryKind(Grants.kind)).length === 0 && minutes < 9; minutes += 1) {
    await world.clock.runUntil(new Date(world.clock.now().getTime() + 60_000));
    await world.tick();
  }
  await markDirty(world.ports);
  const list = world.table.queryActive.bind(world.table);
  const describe = world.ports.executions.describe.bind(world.ports.executions);
  let listed = 0;
  let asked = 0;
  world.table.queryActive = async () => {
    listed += 1;
    // The first listing was made before there was a grant.
    return (await list()).filter(({ kind }) => listed > 1 || kind !== Grants.kind);
  };
  world.ports.executions.describe = (...named) => {
    asked += 1;
    return describe(...named);
  };
  expect((await reconcileRollouts(world.ports)).look).toBe('full');
  expect(asked).toBe(1);
});

/** A cluster in the inventory, its add-ons, and whether recording it anew asks for a full look. */
async function recordedCluster(policy: Record<string, unknown>) {
  const addons = { coredns: 'v1.11.1-eksbuild.4' };
  const world = await smallFleet({ clusters: [{ name: 'a', version: '1.36', addons }], policy });
  await discover(world);
  await world.tick();
  const { account, region } = await recordOf(world, 'a');
  const [cluster] = Object.values(world.eks.state.clusters);
  const isLookDue = async () => {
    await recordCluster(world.ports, { account, region, name: 'a', depth: 'deep' });
    return (await load(world.table, ReconcileMarkers))?.data.dirtySince !== undefined;
  };
  const moveAddons = () => {
    for (const addon of cluster?.addons ?? []) addon.version = 'v1.11.4-eksbuild.2';
  };
  return { world, tags: cluster?.tags ?? {}, isLookDue, moveAddons };
}

test('what a step does to node groups and add-ons waits for the hour; what decides who is in a rollout does not', async () => {
  const { world, tags, isLookDue, moveAddons } = await recordedCluster({ trigger: 'manual' });
  expect(await isLookDue()).toBe(false);
  moveAddons();
  expect(await isLookDue()).toBe(false);
  expect((await recordOf(world, 'a')).addons).toMatchObject([{ version: 'v1.11.4-eksbuild.2' }]);
  Object.assign(tags, { 'liftlock/exclude': 'true' });
  expect(await isLookDue()).toBe(true);
});

test('it does not wait where an expression of a policy may ask for it', async () => {
  const selector = { when: 'cluster.addons.exists(addon, addon.version.startsWith("v1.11.1"))' };
  const { isLookDue, moveAddons } = await recordedCluster({ trigger: 'manual', selector });
  expect(await isLookDue()).toBe(false);
  moveAddons();
  expect(await isLookDue()).toBe(true);
});

test('a cluster that is denied asks for a full look when it becomes so, and not each time that it is found to be', async () => {
  const { world, isLookDue } = await recordedCluster({ trigger: 'manual' });
  world.eks.state.deniedAccounts.push('111111111111');
  expect(await isLookDue()).toBe(true);
  await world.tick();
  expect(await isLookDue()).toBe(false);
});
