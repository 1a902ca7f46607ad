import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import {
  cluster,
  grant,
  KEY,
  type Kept,
  NOON,
  policyConfig,
  upgrade,
} from '../../test/material/protocol/one-upgrade.ts';
import {
  account,
  ago,
  automatic,
  type Given,
  LOOKED,
  offers,
  oneTick,
  QUIET,
} from '../../test/material/rollout/one-tick.ts';
import type { RegionVersions } from '../contracts/items/cluster.ts';
import type { ReconcileMarker } from '../contracts/items/rollout.ts';
import type { WriteOperation } from '../ports/table.ts';
import { Accounts, Clusters, Learned, ReconcileMarkers, Regions, Rollouts } from '../store/entities.ts';
import { load, loadKind, put, replace } from '../store/entity.ts';

/** A table in which nothing was read yet. */
async function world(given: Given = {}) {
  const made = await oneTick(new MemoryTable(), given);
  Object.assign(made.table.reads, { get: 0, partition: 0, active: 0, kind: 0, audit: 0 });
  return made;
}

describe('at the end of a full look', () => {
  const learning = (durations: readonly number[] | undefined): Kept => ({
    rollout: rolloutItem({ status: 'Completed', endedAt: ago(60) }),
    waves: [
      waveItem({
        status: 'Completed',
        succeeded: 2,
        ...(durations === undefined ? {} : { durations: [...durations] }),
      }),
    ],
    member: undefined,
  });
  const taught = { count: 2, p50: 60, p90: 90, failureRate: 0 };
  const before = { count: 40, p50: 60, p90: 120, failureRate: 0 };
  test.each<[string, Kept, ReconcileMarker, typeof taught | undefined, typeof taught | undefined]>([
    ['what upgrades have taken is learned', learning([60, 90]), {}, undefined, taught],
    ['what was learned since takes its place', learning([60, 90]), {}, before, taught],
    ['what was learned already stays', learning([60, 90]), {}, taught, taught],
    ['what was learned of what is gone stays', learning(undefined), {}, before, before],
    ['what nobody has learned is not there', learning(undefined), {}, undefined, undefined],
    [
      'what the version before keeps in the marker has a place of its own',
      learning(undefined),
      { learned: before },
      undefined,
      before,
    ],
    [
      'what the version before keeps is older than what this one keeps',
      learning(undefined),
      { learned: taught },
      before,
      before,
    ],
  ])('%s', async (_, kept, marker, known, next) => {
    const { table, tick, markerNow } = await world({
      kept,
      marker,
      put: known === undefined ? [] : [put(Learned, known, 'absent')],
    });
    const revision = (await load(table, Learned))?.revision;
    expect(await tick()).toMatchObject({ look: 'full', problems: [] });
    const read = await load(table, Learned);
    expect(read?.data).toEqual(next);
    if (known === taught) expect(read?.revision).toBe(revision);
    expect(await markerNow()).toMatchObject({ lastFullAt: NOON.toISOString() });
  });

  const ending = (endOfStandardSupport: string): RegionVersions => ({
    region: cluster.region,
    versions: [
      {
        ...{ version: '1.36', status: 'STANDARD_SUPPORT', defaultVersion: false, endOfStandardSupport },
        ...{ releaseDate: '2025-01-01T00:00:00.000Z', endOfExtendedSupport: '2028-12-01T00:00:00.000Z' },
      },
    ],
    announced: [],
    checkedAt: ago(5),
  });

  test('deadlines of the Regions of the Fleet are told, and of no others', async () => {
    const elsewhere = clusterRecord({ name: 'far', region: 'us-east-1', version: '1.36' });
    const soon = ending('2026-12-10T00:00:00.000Z');
    const { told, tick } = await world({
      marker: {},
      put: [
        put(Regions, soon, 'absent'),
        put(Regions, { ...soon, region: 'us-east-1' }, 'absent'),
        put(Clusters, elsewhere, 'absent'),
      ],
    });
    expect((await tick()).problems).toEqual([]);
    expect(told.filter(({ type }) => type === 'SupportDeadlineApproaching')).toMatchObject([
      { detail: { cluster: cluster.arn } },
    ]);
  });

  test('that they cannot be told is told, and stops nothing else', async () => {
    const { tick, markerNow } = await world({
      marker: {},
      put: [put(Regions, ending('2026-12-10T00:00:00.000Z'), 'absent')],
      ports: { events: { publish: () => Promise.reject(new Error('no bus')) } },
    });
    expect((await tick()).problems).toEqual([{ decision: 'tell-deadlines', error: 'Error', message: 'no bus' }]);
    expect(await markerNow()).toMatchObject({ lastFullAt: NOON.toISOString() });
  });

  test('a look at what is in motion tells no deadlines', async () => {
    const { told, tick } = await world({ kept: {}, put: [put(Regions, ending('2026-12-10T00:00:00.000Z'), 'absent')] });
    expect((await tick()).look).toBe('active');
    expect(told.filter(({ type }) => type === 'SupportDeadlineApproaching')).toEqual([]);
  });
});

describe('a mark', () => {
  const marked: ReconcileMarker = { ...LOOKED, dirtySince: ago(1) };

  test('is taken off before anything is read, so that what comes in meanwhile is marked anew', async () => {
    const { table, tick, markerNow } = await world({ marker: marked });
    const query = table.queryPartition.bind(table);
    const during: (ReconcileMarker | undefined)[] = [];
    table.queryPartition = async (...asked) => {
      table.queryPartition = query;
      during.push(await markerNow());
      const read = await load(table, ReconcileMarkers);
      await table.transact([replace(ReconcileMarkers, read, { ...read?.data, dirtySince: NOON.toISOString() })]);
      return query(...asked);
    };
    expect(await tick()).toMatchObject({ look: 'full', problems: [] });
    expect(during).toEqual([{ ...LOOKED, lookBegunAt: NOON.toISOString() }]);
    expect(await markerNow()).toEqual({
      ...LOOKED,
      lookBegunAt: NOON.toISOString(),
      dirtySince: NOON.toISOString(),
    });
  });

  test('that somebody else takes off at the same time is theirs to clear', async () => {
    const { table, tick, markerNow } = await world({ marker: marked });
    let refused = 0;
    table.beforeTransact = () => {
      refused += 1;
      throw Object.assign(new Error('moved'), { name: 'ConditionFailed' });
    };
    expect(await tick()).toMatchObject({ look: 'full', problems: [] });
    expect([refused, await markerNow()]).toEqual([2, marked]);
  });

  test.each([
    ['be taken off', 1],
    ['be cleared', 2],
  ])('that cannot %s for another reason ends the tick', async (_, last) => {
    const { table, tick } = await world({ marker: marked });
    let count = 0;
    table.beforeTransact = () => {
      count += 1;
      if (count === last) throw new Error('no table');
    };
    await expect(tick()).rejects.toThrow('no table');
  });

  test('has what is in motion listed again: what was marked since would be cleared with it', async () => {
    const { table, tick } = await world({ marker: marked });
    await tick();
    expect(table.reads.active).toBe(2);
    const other = await world({ marker: { ...LOOKED, lookBegunAt: ago(1) } });
    await other.tick();
    expect(other.table.reads.active).toBe(1);
  });

  test('stays while a plan is still to be followed, and the next tick looks at everything again', async () => {
    const following = rolloutItem({ following: 'hash', plan: 1 });
    const { table, tick, markerNow } = await world({
      kept: { rollout: following, waves: [waveItem()] },
      marker: marked,
    });
    expect(await tick()).toMatchObject({ look: 'full', problems: [] });
    expect((await load(table, Rollouts, 'r'))?.data.following).toBeUndefined();
    expect(await markerNow()).toEqual({ ...LOOKED, lookBegunAt: NOON.toISOString() });
  });
});

describe('a plan that is made anew', () => {
  const changed = policyWith({ name: 'p', waves: '[{ name: all }, { name: later, clusters: [x] }]' });
  const kept: Kept = {
    policy: policyConfig(changed),
    rollout: rolloutItem({ waves: ['all', 'after'], createdBy: 'a person' }),
    waves: [waveItem(), waveItem({ index: 1, name: 'after', status: 'Pending', members: 0, needWork: 0 })],
    member: memberItem({ clusterKey: KEY }),
  };
  const isPlan = (operations: readonly WriteOperation[]) =>
    operations.some((one) => one.type === 'put' && one.item.kind === Rollouts.kind);

  test('is in force by the end of the look', async () => {
    const { table, tick, markerNow } = await world({ kept, marker: {} });
    expect(await tick()).toMatchObject({ look: 'full', problems: [] });
    expect((await load(table, Rollouts, 'r'))?.data).toMatchObject({ waves: ['all', 'later'], plan: 1 });
    expect(await markerNow()).toMatchObject({ lastFullAt: NOON.toISOString() });
  });

  test.each<[string, Error, readonly string[]]>([
    ['rested on what has moved', Object.assign(new Error('moved'), { name: 'TransactionConflict' }), []],
    ['could not be written', new Error('no table'), ['replan']],
  ])('that %s has the next tick look at everything again', async (_, error, problems) => {
    const { table, tick, markerNow } = await world({ kept, marker: {} });
    table.beforeTransact = (operations) => {
      if (isPlan(operations)) throw error;
    };
    const told = await tick();
    expect(new Set(told.problems.map(({ decision }) => decision))).toEqual(new Set(problems));
    expect(await markerNow()).toEqual({});
    table.beforeTransact = () => {};
    expect(await tick()).toMatchObject({ look: 'full', problems: [] });
    expect(await markerNow()).toMatchObject({ lastFullAt: NOON.toISOString() });
  });

  test('is not made again since something else failed', async () => {
    const { tick, markerNow } = await world({
      kept: { ...QUIET, grant: grant(), upgrades: [upgrade()] },
      marker: {},
      ports: {
        executions: {
          arnFor: () => '',
          start: async () => {},
          describe: () => Promise.reject(new Error('slow down')),
        },
      },
    });
    expect((await tick()).problems).toMatchObject([{ decision: 'look-after-grant' }]);
    expect(await markerNow()).toMatchObject({ lastFullAt: NOON.toISOString() });
  });
});

describe('who has had a try', () => {
  const had = (policyName: string): Kept => ({
    policy: policyConfig(automatic),
    rollout: rolloutItem({ policy: policyName, status: 'CompletedWithFailures', endedAt: ago(120) }),
    waves: [waveItem({ status: 'CompletedWithFailures' as never, failed: 1 })],
    member: memberItem({ clusterKey: KEY, status: 'Failed' }),
  });
  test.each<[string, string, ReconcileMarker, number]>([
    ['gets no other by itself, where everything was looked at since', 'p', { lastFullAt: ago(70) }, 0],
    ['gets no other by itself, where nothing was looked at', 'p', {}, 0],
    ['in a rollout of another policy gets one', 'other', { lastFullAt: ago(70) }, 1],
  ])('%s', async (_, policyName, marker, begun) => {
    const { table, started, tick } = await world({
      kept: had(policyName),
      marker,
      put: [put(Regions, offers, 'absent'), put(Accounts, account, 'absent')],
    });
    expect(await tick()).toMatchObject({ look: 'full', problems: [] });
    expect([(await loadKind(table, Rollouts)).length - 1, started.length]).toEqual([begun, begun]);
  });
});

describe('what a full look reads with nothing in motion', () => {
  const ended = (endedAt: string): Kept => ({
    rollout: rolloutItem({ status: 'Completed', endedAt }),
    waves: [waveItem({ status: 'Completed' })],
    member: undefined,
  });
  test.each<[string, Kept, ReconcileMarker, number]>([
    ['nothing of rollouts that it has looked at', ended(ago(120)), { lastFullAt: ago(70) }, 2],
    ['all of them where one has ended since', ended(ago(65)), { lastFullAt: ago(70) }, 6],
    ['all of them the first time', ended(ago(120)), {}, 4],
  ])('is %s', async (_, kept, marker, partitions) => {
    const { table, tick } = await world({ kept, marker });
    expect((await tick()).look).toBe('full');
    expect(table.reads.partition).toBe(partitions);
  });
});
