import { clusterText } from '../../cli/verbs/cluster-text.ts';
import { explanationText } from '../../cli/verbs/explain.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { comparisonOf } from '../../core/probes/probe-verdict.ts';
import { loadClusterDetail } from '../../core/queries/cluster-detail.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { listClusters } from '../../core/queries/list-clusters.ts';
import { Rollouts, Waves } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';
import type { StoredObject } from '../../simulator/kubernetes/resources/stored-object.ts';
import type { World } from '../../simulator/process/world.ts';
import {
  DAY,
  hours,
  memberOf,
  mutationsOf,
  PERSON,
  recordOf,
  run,
  type SmallFleet,
  smallFleet,
  upgradesOf,
  versionOf,
} from './small-fleet.ts';

// docs/probes.md, While it is watched: what got worse only hours after all had moved is found before the upgrade has succeeded.

const web = {
  ...{ kind: 'Deployment' as const, namespace: 'shop', name: 'web', replicas: 2, labels: { app: 'web' } },
  image: 'web:1',
};
const shop = { name: 'shop', version: '1.36', nodegroups: [{ name: 'workers' }], workloads: [web] };

const names = { plural: 'backups', singular: 'backup', kind: 'Backup' };
const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }];
const BACKUPS = {
  ...{
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'backups.velero.io' },
  },
  spec: { group: 'velero.io', names, scope: 'Namespaced', versions },
} as StoredObject;

/** An hour or two into its watch of six hours: control plane and nodes are at 1.37. */
async function watched(policy: object = {}, fleet: Partial<SmallFleet> = {}): Promise<World> {
  const world = await smallFleet({
    clusters: [shop],
    policy: { waves: [{ name: 'all', watch: '6h' }], ...policy },
    ...fleet,
  });
  await hours(world, 4);
  const [upgrade] = await upgradesOf(world);
  expect([upgrade?.status, upgrade?.reasons[0]?.code]).toEqual(['Parked', 'Watching']);
  return world;
}
function crash(world: World): void {
  const { clusters } = world.eks.state;
  for (const pod of Object.values(clusters).flatMap(({ kubernetes }) => kubernetes.pods))
    if (pod.owner === 'Deployment/shop/web') pod.waitingReason = 'CrashLoopBackOff';
}
const ends = async (world: World) => (await upgradesOf(world)).map(({ id, status }) => `${id} ${status}`).sort();
const shownAt = (world: World) => ({ paint: (_: unknown, text: string) => text, now: world.clock.now() }) as never;
const rolls = (world: World) =>
  mutationsOf(world).filter(({ operation }) => operation === 'UpdateNodegroupVersion').length;

test('a cluster has succeeded once its watch is over and it is still well, and keeps its place in the wave until then', async () => {
  const world = await watched({}, { clusters: [shop, { ...shop, name: 'till' }] });
  const statuses = async () => (await ends(world)).map((one) => one.split(' ')[1]);
  // One at once: the other one has not begun while the first is watched.
  expect(await statuses()).toEqual(['Parked']);
  const [first] = await upgradesOf(world);
  const since = Date.parse(String(first?.steps['smoke-check']?.detail?.wellSince));
  expect(Date.parse(first?.resumeAt ?? '') - since).toBe(6 * 3_600_000);
  await run(world);
  expect(await statuses()).toEqual(['Succeeded', 'Succeeded']);
  for (const one of await upgradesOf(world)) {
    const { wellSince } = one.steps['smoke-check']?.detail ?? {};
    const looked = Date.parse(comparisonOf(one)?.comparedAt ?? '');
    expect(looked - Date.parse(String(wellSince))).toBeGreaterThanOrEqual(6 * 3_600_000);
  }
  expect(rolls(world)).toBe(2);
  // What the next estimates are learned from is the hop, and not its watch.
  const [wave] = await loadKind(world.table, Waves);
  expect(wave?.durations).toHaveLength(2);
  for (const seconds of wave?.durations ?? []) expect(seconds).toBeLessThan(4 * 3_600);
});

test('one that is worse when its watch is over fails, and goes back by itself where its policy has it do so', async () => {
  const world = await watched();
  crash(world);
  await run(world);
  expect((await upgradesOf(world))[0]?.reasons.map(({ message }) => message).join(' ')).toContain(
    'Worse than before the hop: Deployment shop/web (was well, now 2 of 2 pods CrashLoopBackOff',
  );
  expect([await ends(world), (await memberOf(world, 'shop')).status]).toEqual([['1.36-1.37 Failed'], 'Failed']);
  const back = await watched({ rollback: { automatic: true } });
  crash(back);
  await run(back);
  expect([(await ends(back))[0], versionOf(back, 'shop'), rolls(back)]).toEqual(['1.36-1.37 RolledBack', '1.36', 2]);
  // What got worse, and whose it is, stays told of one that is well again, and that it did so in the hop.
  const record = await recordOf(back, 'shop');
  const explained = explanationText(await explainCluster(back.ports, record), shownAt(back)).join('\n');
  const described = clusterText(await loadClusterDetail(back.ports, record), shownAt(back)).join('\n');
  const member = await memberOf(back, 'shop');
  for (const text of [explained, described, member.reasons[0]?.message])
    expect(text).toContain(
      'Worse than before the hop: Deployment shop/web (was well, now 2 of 2 pods CrashLoopBackOff',
    );
  expect(explained).toMatch(/Compared: +worse: workloads, pods;.*; in the upgrade 1\.36-1\.37, /);
  expect(described.split('Compared with before the last hop')[1]).toMatch(/pods +fail .*Deployment shop\/web/);
});

test('its last look waits for no window, and a change that it would need does', async () => {
  const nights = { nights: { windows: [{ name: 'night', schedule: `0 8 ${DAY.getUTCDate()} * *`, duration: '4h' }] } };
  const waves = [{ name: 'all', watch: '6h', calendar: 'nights' }];
  const world = await watched({ waves }, { calendars: nights });
  await hours(world, 6);
  expect(await ends(world)).toEqual(['1.36-1.37 Succeeded']);
});

test('each hop of several is watched before the next begins: only the last one can be taken back', async () => {
  const world = await smallFleet({
    clusters: [{ ...shop, version: '1.35' }],
    policy: { waves: [{ name: 'all', watch: '6h' }] },
  });
  await hours(world, 6);
  expect(await ends(world)).toEqual(['1.35-1.36 Parked']);
  await run(world);
  const [first, second] = (await upgradesOf(world)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  expect([first?.status, second?.status]).toEqual(['Succeeded', 'Succeeded']);
  const since = String(first?.steps['smoke-check']?.detail?.wellSince);
  expect(Date.parse(second?.startedAt ?? '') - Date.parse(since)).toBeGreaterThanOrEqual(6 * 3_600_000);
});

test("what its rollout's abort leaves in its watch is told as what it is, and a person has the last look made", async () => {
  const world = await watched();
  const [rollout] = await loadKind(world.table, Rollouts);
  await abortRollout(world.ports, rollout?.id ?? '', PERSON, 'enough');
  await run(world);
  const record = await recordOf(world, 'shop');
  expect(explanationText(await explainCluster(world.ports, record), shownAt(world)).join(' ')).toMatch(
    /has moved all that it moves, and was to be compared with before once more/,
  );
  expect(await ends(world)).toEqual(['1.36-1.37 Parked']);
  expect((await listClusters(world.ports, {})).items.map(({ state }) => state)).toEqual(['Parked']);
  // What the plan of it says, and what is then done: nothing is moved once more.
  const { checks } = await requestUpgrade(world.ports, record, '1.37', PERSON, { approve: true });
  expect(checks.map((check) => check.split(':')[0])).toEqual([
    'request-grant',
    'upgrade-control-plane, roll-node-group, update-addons',
    'smoke-check',
  ]);
  expect(checks[1]).toContain('all of it is at 1.37 already');
  await run(world);
  expect(rolls(world)).toBe(1);
  expect(await ends(world)).toEqual(['1.36-1.37 Succeeded']);
});

test('what would keep a hop from beginning keeps nobody from the last look, which says itself what got worse', async () => {
  const backup = (completionTimestamp: string): StoredObject => ({
    ...{ apiVersion: 'velero.io/v1', kind: 'Backup', metadata: { name: 'nightly', namespace: 'velero' } },
    status: { phase: 'Completed', completionTimestamp },
  });
  const objects = [BACKUPS, backup(DAY.toISOString())];
  const scan = { alarms: ['errors'], backups: { velero: { within: '6h' } } };
  const policy = { scan, rollback: { automatic: true } };
  const fleet = { clusters: [{ ...shop, objects }] };
  // The backup is older than six hours by then.
  const well = await watched(policy, fleet);
  await run(well);
  expect(await ends(well)).toEqual(['1.36-1.37 Succeeded']);
  const worse = await watched(policy, fleet);
  worse.gates.set('errors', 'red');
  await hours(worse, 5);
  const [hop] = await upgradesOf(worse);
  expect([hop?.steps['scan-cluster']?.status, hop?.status]).toEqual(['done', 'RolledBack']);
  expect(hop?.reasons.map(({ code }) => code)).toContain('AlarmRings');
});

test('what the last look moves is watched as long as what moved before it', async () => {
  const world = await watched();
  const [before] = await upgradesOf(world);
  const [cluster] = Object.values(world.eks.state.clusters);
  const proxy = cluster?.addons.find(({ name }) => name === 'kube-proxy');
  if (proxy === undefined) throw new Error('no kube-proxy');
  // Somebody has taken it back by hand meanwhile.
  proxy.version = 'v1.36.0-eksbuild.14';
  await hours(world, 5);
  const [after] = await upgradesOf(world);
  expect([after?.status, after?.reasons[0]?.code]).toEqual(['Parked', 'Watching']);
  expect(Date.parse(after?.resumeAt ?? '') - Date.parse(before?.resumeAt ?? '')).toBeGreaterThanOrEqual(6 * 3_600_000);
  await run(world);
  expect(await ends(world)).toEqual(['1.36-1.37 Succeeded']);
});
