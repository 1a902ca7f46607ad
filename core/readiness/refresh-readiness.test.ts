import { MemoryTable } from '../../adapters/memory/table.ts';
import { upgradeOf } from '../../test/material/invariants/fabricate.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { apiVersion } from '../config/kinds.ts';
import type { LatestScans } from '../contracts/items/scan.ts';
import type { Executions } from '../ports/executions.ts';
import { saveRun } from '../scan/fleet/run-store.ts';
import { writeUnrecorded } from '../store/change.ts';
import { Clusters, Configs, ReadinessDays, ReadinessHistories, Regions, Upgrades } from '../store/entities.ts';
import { load, put } from '../store/entity.ts';
import { LatestScanItems } from '../store/scan-entities.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { COVERED } from '../version/support-calendar.ts';
import { dueScans, refreshReadiness } from './refresh-readiness.ts';

const NOON = new Date('2026-11-25T12:00:00Z');
const hoursAgo = (hours: number, from = NOON) => new Date(from.getTime() - hours * 3_600_000).toISOString();
const regions = new Map(
  ['eu-central-1', 'us-east-1'].map((region) => [
    region,
    {
      ...{ region, announced: [], checkedAt: hoursAgo(1) },
      versions: ['1.34', '1.35'].map((version) => ({ version, status: 'STANDARD_SUPPORT' })),
    },
  ]),
);
const fleet = (count: number, parts: Parameters<typeof clusterRecord>[0] = {}) =>
  Array.from({ length: count }, (_, at) => clusterRecord({ name: `c-${String(at).padStart(5, '0')}`, ...parts }));
const looked = (clusterKey: string, scannedAt: string, from = '1.34'): [string, LatestScans] => [
  clusterKey,
  { clusterKey, scans: [{ scannedAt, from, target: '1.35' } as LatestScans['scans'][number]] },
];
const COUNTS = {
  errors: 0,
  warnings: 0,
  infos: 0,
  waived: 0,
  read: 1,
  gaps: 0,
  parts: 1,
  causes: [],
  dataUpdatedOn: '2026-11-01',
};
const arnFor = (machine: string, name: string) => `arn:aws:states:${machine}:${name}`;
const given = { scans: new Map(), regions, busy: new Set<string>() };

test('a fleet is looked at within a day, and never more than a twentieth of it in an hour', () => {
  const clusters = fleet(100);
  const scans = new Map<string, LatestScans>();
  for (let hour = 0; hour < 72; hour += 1) {
    const now = new Date(NOON.getTime() + hour * 3_600_000);
    const due = dueScans({ ...given, clusters, scans }, now);
    expect(due.length).toBeLessThanOrEqual(5);
    for (const { cluster, notBefore } of due) scans.set(...looked(cluster.clusterKey, notBefore.toISOString()));
    if (hour < 24) continue;
    const oldest = Math.min(
      ...clusters.map(({ clusterKey }) => Date.parse(scans.get(clusterKey)?.scans[0]?.scannedAt ?? '')),
    );
    expect(now.getTime() - oldest).toBeLessThanOrEqual(24 * 3_600_000);
  }
});

test('a fleet that somebody had scanned all at once is looked at anew in time, and no faster', () => {
  const clusters = fleet(100);
  const scans = new Map(clusters.map(({ clusterKey }) => looked(clusterKey, hoursAgo(1))));
  for (let hour = 0; hour < 72; hour += 1) {
    const now = new Date(NOON.getTime() + hour * 3_600_000);
    const oldest = Math.min(...[...scans.values()].map(({ scans: [one] }) => Date.parse(one?.scannedAt ?? '')));
    expect(now.getTime() - oldest).toBeLessThanOrEqual(22 * 3_600_000);
    const due = dueScans({ ...given, clusters, scans }, now);
    expect(due.length).toBeLessThanOrEqual(5);
    for (const { cluster, notBefore } of due) scans.set(...looked(cluster.clusterKey, notBefore.toISOString()));
  }
});

test('who was never looked at for its next minor comes first, then whose look is the oldest', () => {
  const clusters = fleet(60);
  const [young, old, moved, ...rest] = clusters.map(({ clusterKey }) => clusterKey);
  const scans = new Map([
    looked(young ?? '', hoursAgo(19)),
    looked(old ?? '', hoursAgo(22)),
    looked(moved ?? '', hoursAgo(1), '1.33'),
    ...rest.map((key) => looked(key, hoursAgo(21))),
  ]);
  const due = dueScans({ ...given, clusters, scans }, NOON).map(({ cluster }) => cluster.clusterKey);
  expect(due).toEqual([moved, old, expect.any(String), expect.any(String)]);
  expect(rest).toEqual(expect.arrayContaining(due.slice(2)));
});

test.each([
  ['have never left one', 0],
  ['leave none any more, as where access was taken away,', 7],
])('clusters whose looks %s take turns, and keep nobody else from being looked at', (_, reported) => {
  const clusters = fleet(40);
  const failing = new Set(clusters.slice(0, 7).map(({ clusterKey }) => clusterKey));
  const scans = new Map(clusters.slice(7 - reported).map(({ clusterKey }) => looked(clusterKey, hoursAgo(1))));
  const tried = new Set<string>();
  for (let hour = 0; hour < 72; hour += 1) {
    const now = new Date(NOON.getTime() + hour * 3_600_000);
    for (const { cluster, notBefore } of dueScans({ ...given, clusters, scans }, now))
      if (failing.has(cluster.clusterKey)) tried.add(cluster.clusterKey);
      else scans.set(...looked(cluster.clusterKey, notBefore.toISOString()));
    if (hour < 44) continue;
    const others = [...scans].flatMap(([key, { scans: seen }]) => (failing.has(key) ? [] : seen));
    const oldest = Math.min(...others.map(({ scannedAt }) => Date.parse(scannedAt)));
    expect(now.getTime() - oldest).toBeLessThanOrEqual(24 * 3_600_000);
  }
  expect(tried).toEqual(failing);
});

const unread = (clusterKey: string, scannedAt: string, gapsSince: string, target = '1.35'): [string, LatestScans] => [
  clusterKey,
  { clusterKey, scans: [{ scannedAt, from: '1.34', target, gapsSince, gaps: 1 } as LatestScans['scans'][number]] },
];

test('a look that could not read everything is repeated in an hour, and then ever more seldom, down to once a day', () => {
  const clusters = fleet(2);
  const [key = '', other = ''] = clusters.map(({ clusterKey }) => clusterKey);
  const [since, hours] = [new Date(NOON.getTime() + 20 * 60_000).toISOString(), [] as number[]];
  let scans = new Map([unread(key, since, since), looked(other, since)]);
  for (let hour = 1; hour < 60; hour += 1) {
    const now = new Date(NOON.getTime() + hour * 3_600_000);
    for (const { cluster, notBefore } of dueScans({ ...given, clusters, scans }, now)) {
      const at = notBefore.toISOString();
      if (cluster.clusterKey === key) hours.push(hour);
      scans = new Map([...scans, cluster.clusterKey === key ? unread(key, at, since) : looked(other, at)]);
    }
  }
  expect(hours).toEqual([1, 2, 4, 8, 16, 32, 53]);
});

test('a release that does not know the minor of a look repeats it no sooner than others', () => {
  const [newest, next] = [COVERED.toString(), COVERED.next().toString()];
  const due = (version: string, target: string) => {
    const versions = [version, target].map((one) => ({ version: one, status: 'STANDARD_SUPPORT' }));
    const offered = new Map([
      ['eu-central-1', { region: 'eu-central-1', announced: [], checkedAt: hoursAgo(1), versions }],
    ]);
    const clusters = fleet(1, { version });
    const scans = new Map(clusters.map(({ clusterKey }) => unread(clusterKey, hoursAgo(2), hoursAgo(3), target)));
    for (const { scans: own } of scans.values()) Object.assign(own[0] ?? {}, { from: version });
    return dueScans({ ...given, clusters, scans, regions: offered as typeof regions }, NOON).length;
  };
  const before = KubeVersion.parse(newest).previous().toString();
  expect([due(before, newest), due(newest, next)]).toEqual([1, 0]);
});

test('looks that could not read everything are repeated where others leave a place in their account and Region', () => {
  const clusters = fleet(11_000);
  const [unreadOnes, daily] = [clusters.slice(0, 1_000), clusters.slice(1_000)];
  const scans = new Map([
    ...unreadOnes.map(({ clusterKey }) => unread(clusterKey, hoursAgo(2), hoursAgo(3))),
    ...daily.map(({ clusterKey }) => looked(clusterKey, hoursAgo(21))),
  ]);
  const names = new Set(unreadOnes.map(({ name }) => name));
  const due = dueScans({ ...given, clusters, scans }, NOON);
  expect([due.length, due.filter(({ cluster }) => names.has(cluster.name)).length]).toEqual([500, 0]);
});

test('where nothing of a fleet can be read for hours, new clusters are looked at first, and no more looks begin in an hour', () => {
  const clusters = fleet(100);
  const since = hoursAgo(3);
  const scans = new Map(clusters.slice(3).map(({ clusterKey }) => unread(clusterKey, hoursAgo(2), since)));
  const due = dueScans({ ...given, clusters, scans }, NOON).map(({ cluster }) => cluster.name);
  expect(due.slice(0, 3).toSorted()).toEqual(['c-00000', 'c-00001', 'c-00002']);
  const tried = new Set<string>();
  for (let hour = 0; hour < 30; hour += 1) {
    const now = new Date(NOON.getTime() + hour * 3_600_000);
    const looks = dueScans({ ...given, clusters, scans }, now);
    expect(looks.length).toBeLessThanOrEqual(10);
    for (const { cluster, notBefore } of looks) {
      tried.add(cluster.name);
      scans.set(...unread(cluster.clusterKey, notBefore.toISOString(), since));
    }
  }
  expect(tried.size).toBe(100);
});

test('who has left its version since the last look, and come back to it, is looked at again at once', () => {
  const [cluster] = fleet(1, { version: '1.34', versionObservedAt: hoursAgo(1) });
  if (cluster === undefined) throw new Error('there is no cluster');
  const due = (scannedAt: string) =>
    dueScans({ ...given, clusters: [cluster], scans: new Map([looked(cluster.clusterKey, scannedAt)]) }, NOON);
  expect([due(hoursAgo(2)).length, due(hoursAgo(0.5)).length]).toEqual([1, 0]);
});

test("who has other node groups or add-ons since the last look is looked at again at once, and takes nobody else's place", () => {
  const clusters = fleet(40);
  const [changed, looks] = [hoursAgo(1), new Map(clusters.map(({ clusterKey }) => looked(clusterKey, hoursAgo(21))))];
  const due = (scannedAt: string, partsChangedAt: string | undefined) => {
    const [first, ...others] = clusters;
    if (first === undefined) throw new Error('there is no cluster');
    const scans = new Map([...looks, looked(first.clusterKey, scannedAt)]);
    const fleetNow = [{ ...first, ...(partsChangedAt === undefined ? {} : { partsChangedAt }) }, ...others];
    const names = dueScans({ ...given, clusters: fleetNow, scans }, NOON).map(({ cluster }) => cluster.name);
    return [names.includes('c-00000'), names.length];
  };
  expect(due(hoursAgo(2), changed)).toEqual([true, 3]);
  expect(due(hoursAgo(0.5), changed)).toEqual([false, 2]);
  expect(due(hoursAgo(2), undefined)).toEqual([false, 2]);
});

test('who was let through by a waiver that has ended is looked at again at once', () => {
  const [record] = fleet(1);
  const clusterKey = record?.clusterKey ?? '';
  const due = (waivedUntil: string) => {
    const last = { scannedAt: hoursAgo(2), from: '1.34', target: '1.35', waivedUntil } as LatestScans['scans'][number];
    return dueScans(
      { ...given, clusters: fleet(1), scans: new Map([[clusterKey, { clusterKey, scans: [last] }]]) },
      NOON,
    );
  };
  expect([due(hoursAgo(0)).length, due(hoursAgo(-1)).length]).toEqual([1, 0]);
});

test('looks in one account and Region are spread over forty minutes, and no more of them begin than the calls allow', () => {
  const few = dueScans({ ...given, clusters: [...fleet(40), ...fleet(40, { region: 'us-east-1' })] }, NOON);
  expect(few.map(({ notBefore }) => notBefore.toISOString().slice(11, 16))).toEqual([
    '12:00',
    '12:10',
    '12:20',
    '12:30',
  ]);
  expect(dueScans({ ...given, clusters: fleet(20_000) }, NOON)).toHaveLength(500);
  // Each account and Region has calls of its own.
  const places = [{}, { region: 'us-east-1' }, { account: '222222222222' }];
  const clusters = places.flatMap((place) => fleet(12_000, place));
  const scans = new Map(clusters.map(({ clusterKey, name }) => looked(clusterKey, `2026-11-01T00:${name.slice(2)}`)));
  const due = dueScans({ ...given, clusters, scans }, NOON);
  const inPlaces = Map.groupBy(due, ({ cluster: { account, region } }) => `${account} ${region}`);
  expect([...inPlaces.values()].map(({ length }) => length)).toEqual([500, 500, 500]);
  for (const [, second] of inPlaces.values()) expect(second?.notBefore).toEqual(new Date(NOON.getTime() + 4_800));
});

test('nobody is looked at who has nowhere to go, is never touched, or looks for itself', () => {
  const [one, two, three] = [clusterRecord(), clusterRecord({ version: '1.35' }), clusterRecord({ unsupported: 'x' })];
  expect(dueScans({ ...given, clusters: [one, two, three], busy: new Set([one.clusterKey]) }, NOON)).toEqual([]);
  expect(dueScans({ ...given, clusters: [two] }, NOON)).toEqual([]);
  expect(dueScans({ ...given, clusters: [three] }, NOON)).toEqual([]);
  expect(dueScans({ ...given, clusters: [one] }, NOON)).toHaveLength(1);
});

test('the trend of the fleet tells who is ready after hops from who is ready, by the policy of each', async () => {
  const table = new MemoryTable();
  const names = ['near', 'far', 'nobodys', 'arrived'];
  const records = names.map((name) => clusterRecord({ name, labels: { to: name } }));
  const [region] = regions.values();
  const policies = ['near', 'far'].map((name) => {
    const spec = {
      selector: { matchLabels: { to: name } },
      target: name === 'near' ? '1.35' : '1.36',
      waves: [{ name: 'all' }],
    };
    const document = { apiVersion, kind: 'UpgradePolicy', metadata: { name }, spec };
    return { kind: 'UpgradePolicy' as const, name, document, revision: name, appliedBy: 'ann', appliedAt: hoursAgo(9) };
  });
  const scan = { ...{ scannedAt: hoursAgo(1), from: '1.34', target: '1.35', verdict: 'pass' as const }, ...COUNTS };
  // No look has seen its new minor yet.
  const arrived = upgradeOf({
    ...{ clusterKey: clusterRecord({ name: 'arrived' }).clusterKey, from: '1.34', to: '1.35' },
    controlPlaneCompletedAt: NOON.toISOString(),
  });
  await table.transact([
    ...records.map((one) => put(Clusters, one, 'absent')),
    ...records.map(({ clusterKey }) => put(LatestScanItems, { clusterKey, scans: [scan] }, 'absent')),
    ...policies.map((one) => put(Configs, one, 'absent')),
    put(Upgrades, arrived, 'absent'),
    put(
      Regions,
      {
        ...region,
        versions: ['1.34', '1.35', '1.36'].map((version) => ({ version, status: 'STANDARD_SUPPORT' })),
      } as never,
      'absent',
    ),
  ]);
  const executions = { start: async () => {}, arnFor } as unknown as Executions;
  const ports = { events: { publish: async () => {} }, addresses: { send: async () => undefined } };
  await refreshReadiness({ ...ports, table, executions, clock: { now: () => NOON } });
  expect((await load(table, ReadinessDays, '2026-11-25'))?.data.counts).toEqual({
    readyAfterHops: 1,
    ready: 2,
    incomplete: 1,
  });
  const words = await Promise.all(
    records.map(async ({ clusterKey }) => (await load(table, ReadinessHistories, clusterKey))?.data.word?.verdict),
  );
  expect(words).toEqual(['ready', 'readyAfterHops', 'ready', 'incomplete']);
});

test('a look that was asked for already in this hour is not asked for again', async () => {
  const table = new MemoryTable();
  const record = clusterRecord();
  const region = regions.get('eu-central-1');
  await writeUnrecorded(table, [
    put(Clusters, record, 'absent'),
    ...(region === undefined ? [] : [put(Regions, region, 'absent')]),
  ]);
  const started = new Map<string, object>();
  const executions = {
    arnFor,
    start: async (machine: string, name: string, input: object) => {
      expect(machine).toBe('scan-cluster');
      if (started.has(name)) throw Object.assign(new Error('taken'), { name: 'ExecutionAlreadyExists' });
      started.set(name, input);
    },
  } as unknown as Executions;
  const events = { publish: async () => {} };
  const addresses = { send: async () => undefined };
  const ports = { table, executions, clock: { now: () => NOON }, events, addresses };
  expect([await refreshReadiness(ports), await refreshReadiness(ports)]).toMatchObject([
    { started: 1 },
    { started: 1 },
  ]);
  expect([...started.values()]).toEqual([
    expect.objectContaining({ cluster: record.arn, targetVersion: '1.35', notBefore: NOON.toISOString() }),
  ]);
  // Whose upgrade runs looks by itself, and one that waits may do so for weeks; who is gone is looked at by nobody.
  started.clear();
  const later = { ...ports, clock: { now: () => new Date(NOON.getTime() + 3_600_000) } };
  const running = upgradeOf({ clusterKey: record.clusterKey, status: 'Running' });
  await table.transact([put(Upgrades, running, 'absent')]);
  expect(await refreshReadiness(later)).toMatchObject({ started: 0 });
  await table.transact([put(Upgrades, { ...running, status: 'Parked' }, 'any')]);
  expect(await refreshReadiness(later)).toMatchObject({ started: 1 });
  started.clear();
  await table.transact([
    put(Upgrades, { ...running, status: 'Succeeded' }, 'any'),
    put(Clusters, { ...record, deletedAt: NOON.toISOString() }, 'any'),
  ]);
  expect([await refreshReadiness(later), started.size]).toEqual([expect.objectContaining({ started: 0 }), 0]);
  await table.transact([put(Clusters, record, 'any')]);
  expect(await refreshReadiness(later)).toMatchObject({ started: 1 });
});

test('no look begins beside one that still reads, and another cluster is looked at instead, until that one is given up', async () => {
  const table = new MemoryTable();
  const region = regions.get('eu-central-1');
  const records = fleet(2);
  await writeUnrecorded(table, [
    ...records.map((one) => put(Clusters, one, 'absent')),
    ...(region === undefined ? [] : [put(Regions, region, 'absent')]),
  ]);
  const started: { cluster: string; arn: string }[] = [];
  const start = async (machine: string, name: string, { cluster }: { cluster: string }) =>
    void started.push({ cluster, arn: arnFor(machine, name) });
  const ports = {
    ...{ table, executions: { start, arnFor } as unknown as Executions },
    ...{ events: { publish: async () => {} }, addresses: { send: async () => undefined } },
  };
  const looks = async (hours: number) => {
    started.length = 0;
    await refreshReadiness({ ...ports, clock: { now: () => new Date(NOON.getTime() + hours * 3_600_000) } });
    return started.map(({ cluster }) => records.find(({ arn }) => arn === cluster)?.name);
  };
  expect(await looks(0)).toEqual(['c-00000']);
  const [{ arn: execution } = { arn: '' }] = started;
  const clusterKey = records[0]?.clusterKey ?? '';
  const run = { ...{ clusterKey, execution, target: '1.35', startedAt: NOON.toISOString() }, reasons: [] };
  const saved = (status: 'running' | 'ended') =>
    saveRun(table, { ...run, status, read: 9, left: 9, resumed: 60 }, NOON);
  await saved('running');
  expect([await looks(1), await looks(2), await looks(3)]).toEqual([['c-00001'], ['c-00001'], ['c-00001']]);
  expect(await looks(4)).toEqual(['c-00000']);
  await saved('ended');
  expect(await looks(2)).toEqual(['c-00000']);
});

test('before anything is in the inventory no day is kept, which would say that nobody is ready or blocked', async () => {
  const table = new MemoryTable();
  const executions = { start: async () => {}, arnFor } as unknown as Executions;
  const ports = { events: { publish: async () => {} }, addresses: { send: async () => undefined } };
  await refreshReadiness({ ...ports, table, executions, clock: { now: () => NOON } });
  expect(await load(table, ReadinessDays, '2026-11-25')).toBeUndefined();
});
