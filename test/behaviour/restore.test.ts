import { applyDocuments } from '../../core/operations/apply-documents.ts';
import { resumeFleet } from '../../core/operations/fleet-switch.ts';
import { recoverAfterRestore } from '../../core/operations/restore.ts';
import type { StoredItem } from '../../core/ports/table.ts';
import { Configs, Epochs, Grants } from '../../core/store/entities.ts';
import { decode, load } from '../../core/store/entity.ts';
import { runWorld } from '../../simulator/process/run-world.ts';
import { membersOf, mutationsOf, PERSON, run, smallFleet } from './small-fleet.ts';

const clusters = ['a', 'b'].map((name) => ({ name, version: '1.36', nodegroups: [{ name: 'workers' }] }));
const MINUTE = 60_000;

async function restoredFrom(minute: number, at: number) {
  const world = await smallFleet({ clusters, policy: { waves: [{ name: 'all', maxConcurrency: 1 }] } });
  const start = world.clock.now().getTime();
  await world.invoke('discover-clusters', {});
  await world.clock.runUntil(new Date(start + 1_000));
  await world.invoke('watch-versions', {});
  const later = (minutes: number, run: () => Promise<unknown>) =>
    world.clock.schedule(new Date(start + minutes * MINUTE), async () => void (await run()));
  let copy: ReturnType<typeof world.table.snapshot> | undefined;
  later(minute, async () => {
    copy = world.table.snapshot();
  });
  later(at, async () => {
    world.switchedOff = true;
    const mutatorsOffSince = world.clock.now();
    later(at + 2, async () => {
      if (copy === undefined) throw new Error('there is no copy');
      world.table.resetTo(copy);
      await recoverAfterRestore(world, {
        restoredTo: new Date(start + minute * MINUTE),
        mutatorsOffSince,
        by: PERSON,
      });
      world.switchedOff = false;
      later(at + 10, () => resumeFleet(world.ports, PERSON));
    });
  });
  await run(world);
  return world;
}

/** The epoch that a restore of this installation begins. */
const afterFirstEpoch = ({ table }: Awaited<ReturnType<typeof restoredFrom>>): number =>
  Number(table.auditTimeline().find(({ event }) => event === 'Installed')?.detail.epoch) + 1;

test.each([
  ['before its rollout was created', 0, 15],
  ['from the middle of an upgrade to its beginning', 3, 12],
  ['from one upgrade to the one before', 8, 45],
])('a table restored to a point %s ends where it would have ended, each change made once', async (_, minute, at) => {
  const world = await restoredFrom(minute, at);
  expect((await membersOf(world)).map((member) => member.status)).toEqual(['Succeeded', 'Succeeded']);
  expect(mutationsOf(world).filter((mutation) => mutation.operation === 'UpdateClusterVersion')).toHaveLength(2);
  expect((await load(world.table, Epochs))?.data.number).toBe(afterFirstEpoch(world));
});

test('what was granted before a restore commits nothing after it: its execution parks, and a new grant goes on', async () => {
  const world = await restoredFrom(3, 12);
  const epochs = (await world.table.queryKind(Grants.kind)).map((item) => decode(Grants, item).data.epoch);
  expect(epochs).toEqual([afterFirstEpoch(world), afterFirstEpoch(world)]);
  const restored = world.table.auditTimeline().findIndex((item) => item.event === 'FleetStopped');
  const granted = world.table.auditTimeline().findIndex((item, index) => index > restored && item.event === 'Granted');
  const commit = world.table
    .auditTimeline()
    .findIndex((item, index) => index > restored && item.event === 'MutationCommitted');
  expect(granted).toBeGreaterThan(restored);
  expect(commit).toBeGreaterThan(granted);
});

test('recovery refuses to begin before the last call can have ended', async () => {
  const world = await smallFleet({ clusters });
  const now = world.clock.now();
  await expect(recoverAfterRestore(world, { restoredTo: now, mutatorsOffSince: now, by: PERSON })).rejects.toThrow(
    'may still be under way',
  );
});

test('a cluster that its policy gave up stays out of the rollout when the table is restored to a time before that', async () => {
  const waves = [
    { name: 'first', clusters: ['a'] },
    { name: 'second', clusters: ['b', 'c'] },
  ];
  const world = await smallFleet({
    clusters: ['a', 'b', 'c'].map((name) => ({
      name,
      version: '1.36',
      tags: { stage: name === 'c' ? 'late' : 'dev' },
    })),
    policy: { waves },
  });
  const minutes = (count: number) =>
    runWorld(world, { until: new Date(world.clock.now().getTime() + count * MINUTE), quietHours: 100 });
  await minutes(5);
  const names = async () => (await membersOf(world)).map(({ name }) => name).sort();
  expect(await names()).toEqual(['a', 'b', 'c']);
  const copy = world.table.snapshot();
  const restoredTo = world.clock.now();
  const [applied] = await world.table.queryPartition('CONFIG', 'UpgradePolicy#');
  const { document } = decode(Configs, applied as StoredItem).data;
  const spec = { ...(document.spec as object), selector: { matchLabels: { stage: 'dev' } } };
  await applyDocuments(world.ports, [{ ...document, spec }], PERSON, { dryRun: false });
  await minutes(3);
  expect(await names()).toEqual(['a', 'b']);
  world.switchedOff = true;
  const mutatorsOffSince = world.clock.now();
  await minutes(2);
  world.table.resetTo(copy);
  await recoverAfterRestore(world, { restoredTo, mutatorsOffSince, by: PERSON });
  expect(await names()).toEqual(['a', 'b']);
  world.switchedOff = false;
  await resumeFleet(world.ports, PERSON);
  await run(world);
  expect(mutationsOf(world).filter(({ clusterArn }) => clusterArn.endsWith('/c'))).toEqual([]);
});
