import type { MemoryTable } from '../../adapters/memory/table.ts';
import { applyDocuments } from '../../core/operations/apply-documents.ts';
import { deleteConfig } from '../../core/operations/delete-config.ts';
import { retryCluster } from '../../core/operations/hold-switch.ts';
import { requestScan } from '../../core/operations/requests.ts';
import { skipCluster } from '../../core/operations/skip-cluster.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { clusterReadiness } from '../../core/queries/list-clusters.ts';
import { scanReport } from '../../core/queries/scan-history.ts';
import { scansOf } from '../../core/scan/fleet/report-store.ts';
import { LatestScanItems } from '../../core/store/scan-entities.ts';
import type { World } from '../../simulator/process/world.ts';
import { attributesClass, OLD } from '../material/kubernetes/attributes-class.ts';
import { minutesLater } from './hooked-fleet.ts';
import { discover, memberOf, recordOf, run, smallFleet, versionOf } from './small-fleet.ts';

const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] };
const withOld = { ...web, objects: [attributesClass(OLD)] };
const lastScan = async (world: World) => (await scansOf(world.table, (await recordOf(world, 'web')).clusterKey))[0];

const waive = (expires: string) => ({
  apiVersion: 'liftlock/v1alpha1',
  kind: 'ScanWaiver',
  metadata: { name: 'fast-class' },
  spec: {
    match: { kind: 'VolumeAttributesClass', cluster: 'web' },
    reason: 'It goes next week.',
    owner: 'storage',
    expires,
  },
});
const dayAfter = (world: World, days: number) =>
  new Date(world.ports.clock.now().getTime() + days * 24 * 3_600_000).toISOString().slice(0, 10);
const waiveBy = (world: World, by: string, days: number) =>
  applyDocuments(world.ports, [waive(dayAfter(world, days))], by, { dryRun: false });
async function retried(world: World) {
  await retryCluster(world.ports, (await memberOf(world, 'web')).clusterKey, 'ana');
  await run(world);
  const scan = await lastScan(world);
  return [(await memberOf(world, 'web')).status, scan?.verdict, scan?.waived];
}

test('a waiver that is applied lets the hop go on until it ends', async () => {
  const world = await smallFleet({ clusters: [withOld] });
  await applyDocuments(world.ports, [waive('2020-01-01')], 'ana', { dryRun: false });
  await run(world);
  expect((await memberOf(world, 'web')).status).toBe('Blocked');
  const never = applyDocuments(world.ports, [waive('2099-01-01')], 'ana', { dryRun: false });
  await expect(never).rejects.toThrow('more than 400 days ahead');
  expect((await lastScan(world))?.verdict).toBe('fail');
  await waiveBy(world, 'ana', 30);
  expect(await retried(world)).toEqual(['Succeeded', 'pass', 1]);
  expect(versionOf(world, 'web')).toBe('1.37');
});

test('what a waiver covers by now is not told as what stops the cluster, while the waiver lasts', async () => {
  const world = await smallFleet({ clusters: [withOld] });
  await run(world);
  const told = async () => {
    const { reasons, when, stoppedBy } = await explainCluster(world.ports, await recordOf(world, 'web'));
    return [reasons.map(({ code }) => code), stoppedBy.map(({ code }) => code), when.condition];
  };
  const stopped = [
    ['ScanFinding', 'MemberBlocked'],
    ['ScanFinding'],
    'Somebody removes the cause and runs: liftlock retry cluster web',
  ];
  expect(await told()).toEqual(stopped);
  await waiveBy(world, 'ana', 30);
  await requestScan(world.ports, await recordOf(world, 'web'), '1.37', 'ana');
  await minutesLater(world, 5);
  expect(await told()).toEqual([['MemberBlocked'], [], 'Somebody runs: liftlock retry cluster web']);
  await deleteConfig(world.ports, { kind: 'ScanWaiver', name: 'fast-class' }, 'ana', 'mended');
  expect(await told()).toEqual(stopped);
});

test('why a rollout leaves a cluster out is told on, also once a look has passed that had failed before', async () => {
  const world = await smallFleet({ clusters: [withOld] });
  await run(world);
  const { clusterKey } = await recordOf(world, 'web');
  await skipCluster(world.ports, clusterKey, 'ana', 'it goes away next month');
  await waiveBy(world, 'ana', 30);
  await requestScan(world.ports, await recordOf(world, 'web'), '1.37', 'ana');
  await minutesLater(world, 5);
  const { reasons, stoppedBy } = await explainCluster(world.ports, await recordOf(world, 'web'));
  expect([reasons.map(({ code }) => code), stoppedBy]).toEqual([['TakenOut', 'Skipped'], []]);
});

test('a waiver that is deleted ends as one that expires: what rested on it is stale at once', async () => {
  const world = await smallFleet({ clusters: [withOld], mode: 'observe' });
  await discover(world);
  await waiveBy(world, 'ana', 30);
  const other = { ...waive(dayAfter(world, 30)), metadata: { name: 'other' } };
  await applyDocuments(world.ports, [{ ...other, spec: { ...other.spec, match: { kind: 'Secret' } } }], 'ana', {
    dryRun: false,
  });
  const cluster = await recordOf(world, 'web');
  await requestScan(world.ports, cluster, '1.37', 'ana');
  await minutesLater(world, 5);
  const readiness = async () => {
    const { verdict, reasons, waivedUntil } = await clusterReadiness(world.ports, cluster, undefined);
    return [verdict, reasons.map(({ code }) => code), waivedUntil !== undefined];
  };
  expect(await readiness()).toEqual(['ready', [], true]);
  const remove = (name: string) => deleteConfig(world.ports, { kind: 'ScanWaiver', name }, 'ana', 'mended');
  await remove('other');
  expect(await readiness()).toEqual(['ready', [], true]);
  await remove('fast-class');
  expect(await readiness()).toEqual(['stale', ['ScanStale'], false]);
});

test('a deletion of a waiver that died before it had ended what rested on it is made good by the next one', async () => {
  const world = await smallFleet({ clusters: [withOld], mode: 'observe' });
  await discover(world);
  await waiveBy(world, 'ana', 30);
  const cluster = await recordOf(world, 'web');
  await requestScan(world.ports, cluster, '1.37', 'ana');
  await minutesLater(world, 5);
  const remove = (ports: World['ports']) =>
    deleteConfig(ports, { kind: 'ScanWaiver', name: 'fast-class' }, 'ana', 'mended');
  const table = new Proxy(world.table, {
    get: (target, name: keyof MemoryTable) => {
      const method = target[name] as (...given: unknown[]) => unknown;
      return (...given: unknown[]) => {
        if (given[0] === LatestScanItems.kind) throw new Error('it died');
        return method.apply(target, given);
      };
    },
  });
  await expect(remove({ ...world.ports, table })).rejects.toThrow('it died');
  await expect(remove(world.ports)).rejects.toMatchObject({ name: 'ConfigNotFound' });
  expect((await clusterReadiness(world.ports, cluster, undefined)).verdict).toBe('stale');
});

test.each<[string, string, number, object, string, number | undefined]>([
  ['another match', 'ana', 30, { match: { kind: 'Secret', cluster: 'web' } }, 'stale', undefined],
  ['another person', 'bob', 30, { reason: 'It goes soon.' }, 'stale', undefined],
  ['an earlier end', 'ana', 10, {}, 'ready', 10],
  ['a later end', 'ana', 40, {}, 'ready', 30],
  ['other words', 'ana', 30, { reason: 'It goes soon.' }, 'ready', 30],
])('a waiver that is applied again counts by what it says now: %s', async (_, by, days, spec, verdict, until) => {
  const world = await smallFleet({ clusters: [withOld], mode: 'observe' });
  await discover(world);
  await waiveBy(world, 'ana', 30);
  const cluster = await recordOf(world, 'web');
  await requestScan(world.ports, cluster, '1.37', 'ana');
  await minutesLater(world, 5);
  const again = waive(dayAfter(world, days));
  await applyDocuments(world.ports, [{ ...again, spec: { ...again.spec, ...spec } }], by, { dryRun: false });
  const readiness = await clusterReadiness(world.ports, cluster, undefined);
  const end = until === undefined ? undefined : `${dayAfter(world, until + 1)}T00:00:00.000Z`;
  expect([readiness.verdict, readiness.waivedUntil]).toEqual([verdict, end]);
});

test('a policy says who may waive what for how long, and the report names a waiver that it does not allow', async () => {
  const waivers = [{ checks: ['removed'], from: ['role:*/security'], longest: '30d' }];
  const world = await smallFleet({ clusters: [withOld], policy: { scan: { waivers } } });
  await waiveBy(world, 'role:111111111111/ana', 20);
  await run(world);
  expect(await retried(world)).toEqual(['Blocked', 'fail', 0]);
  const web = await recordOf(world, 'web');
  expect((await scanReport(world.table, web, { target: '1.37' })).waivers.unused).toEqual([
    expect.stringMatching(
      /^fast-class \(storage, until .*\): the policy of the cluster does not allow it: .*from role:\*\/security/,
    ),
  ]);
  await waiveBy(world, 'role:111111111111/security', 40);
  expect(await retried(world)).toEqual(['Blocked', 'fail', 0]);
  await waiveBy(world, 'role:111111111111/security', 20);
  expect(await retried(world)).toEqual(['Succeeded', 'pass', 1]);
});

test.each([
  ['1.33', 'fail', ['VersionSkew']],
  ['1.36', 'pass', []],
])(
  'a waiver of everything over nodes of Amazon Linux 2 at %s: gate, scan and readiness say the same',
  async (version, verdict, codes) => {
    const old = { name: 'old', amiType: 'AL2_x86_64', version };
    const world = await smallFleet({ clusters: [{ ...web, nodegroups: [old] }], mode: 'observe' });
    await discover(world);
    const spec = { match: { cluster: 'web' }, reason: 'They go.', owner: 'web', expires: dayAfter(world, 20) };
    const all = { apiVersion: 'liftlock/v1alpha1', kind: 'ScanWaiver', metadata: { name: 'all' }, spec };
    await applyDocuments(world.ports, [all], 'ana', { dryRun: false });
    const cluster = await recordOf(world, 'web');
    await requestScan(world.ports, cluster, '1.37', 'ana');
    await minutesLater(world, 5);
    const scan = await lastScan(world);
    expect(scan?.verdict).toBe(verdict);
    const readiness = await clusterReadiness(world.ports, cluster, undefined);
    expect([readiness.verdict, readiness.reasons.map(({ code }) => code)]).toEqual([
      codes.length > 0 ? 'blocked' : 'ready',
      codes,
    ]);
    expect([...new Set((await explainCluster(world.ports, cluster)).foreseen.map(({ code }) => code))]).toEqual(codes);
  },
);
