import { stopFleet } from '../../core/operations/fleet-switch.ts';
import { pauseRollout } from '../../core/operations/rollout-orders.ts';
import { loadClusterDetail } from '../../core/queries/cluster-detail.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { fleetStatus } from '../../core/queries/fleet-status.ts';
import { listClusters } from '../../core/queries/list-clusters.ts';
import { loadRolloutDetail } from '../../core/queries/rollout-views.ts';
import { listUpgrades } from '../../core/queries/upgrade-view.ts';
import type { World } from '../../simulator/process/world.ts';
import { runReport } from '../../simulator/report/run-report.ts';
import { retag } from './changed-policy.ts';
import { DAY, hours, PERSON, recordOf, rolloutIdOf, smallFleet, upgradesOf } from './small-fleet.ts';

// docs/probes.md, While it is watched: where a person's order keeps the last look away, every view says so.

const web = {
  ...{ kind: 'Deployment' as const, namespace: 'shop', name: 'web', replicas: 2, labels: { app: 'web' } },
  image: 'web:1',
};
const shop = { name: 'shop', version: '1.36', nodegroups: [{ name: 'workers' }], workloads: [web] };

/** The rollout has halted, since `shop` was worse at its last look; `till`, which had more to roll, is watched for an hour and more. */
async function halted() {
  const nodegroups = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ name }));
  const world = await smallFleet({
    clusters: [shop, { ...shop, name: 'till', nodegroups, workloads: [] }],
    policy: { waves: [{ name: 'all', watch: '6h', maxConcurrency: 2 }] },
  });
  await hours(world, 5);
  const { clusters } = world.eks.state;
  for (const pod of Object.values(clusters).flatMap(({ kubernetes }) => kubernetes.pods))
    if (pod.owner === 'Deployment/shop/web') pod.waitingReason = 'CrashLoopBackOff';
  await hours(world, 3);
  const states = (await upgradesOf(world)).map(({ status, reasons: [first] }) => `${status} ${first?.code}`);
  expect(states.sort()).toEqual(['Failed MoreUnhealthyPods', 'Parked Watching']);
  const explained = await explainCluster(world.ports, await recordOf(world, 'till'));
  return { world, id: await rolloutIdOf(world), explained };
}

test('of a cluster that is watched in a halted rollout the report names what has it go on, as explain does', async () => {
  const { world, id, explained } = await halted();
  const resume = `Somebody has looked at what halted it and runs: liftlock rollout resume ${id} --accept-failures`;
  expect(explained.when.condition).toBe(resume);
  const loaded = { state: world.eks.state, now: DAY, approvals: [], configPaths: [], statements: [] };
  const { clusters, next } = await runReport(world, loaded, false);
  expect(next.slice(0, 3)).toEqual([
    'shop: once what blocks it is mended, liftlock retry cluster shop',
    `till: ${resume}`,
    `rollout ${id} is halted: once somebody has looked at why, liftlock rollout resume ${id} --accept-failures`,
  ]);
  expect(clusters.find(({ name }) => name === 'till')?.reasons).toEqual(explained.reasons);
});

const till = { name: 'till', version: '1.36', nodegroups: [{ name: 'workers' }] };
test.each<[string, string, (world: World) => Promise<unknown>]>([
  ['the fleet is stopped', 'FleetStopped', ({ ports }) => stopFleet(ports, PERSON, 'x')],
  ['its tag pauses it', 'Excluded', (world) => retag(world, 'till', { 'liftlock/paused': 'true' })],
  [
    'its rollout is paused',
    'RolloutPaused',
    async (world) => pauseRollout(world.ports, await rolloutIdOf(world), PERSON, 'x'),
  ],
])(
  'every view says that nobody looks at a cluster that is watched, before and after its time, while %s',
  async (_, code, order) => {
    const world = await smallFleet({ clusters: [till], policy: { waves: [{ name: 'all', watch: '6h' }] } });
    await hours(world, 4);
    const states = async () => (await listClusters(world.ports, {})).items.map(({ state }) => state);
    expect(await states()).toEqual(['Watched']);
    await order(world);
    for (const more of [1, 6]) {
      await hours(world, more);
      const counts = { upgradesInFlight: 0, upgradesParked: 1, upgradesWatched: 1 };
      expect(await fleetStatus(world.ports)).toMatchObject(counts);
      const record = await recordOf(world, 'till');
      const { reasons, state } = await explainCluster(world.ports, record);
      const [listed] = (await listUpgrades(world.table, {})).items;
      const [member] = (await loadRolloutDetail(world.table, await rolloutIdOf(world), world.clock.now())).members;
      const detail = await loadClusterDetail(world.ports, record);
      const told = [{ reasons }, listed, member, detail.upgrades[0]].map((view) => view?.reasons.slice(0, 2));
      expect(told).toEqual(
        Array(4).fill([expect.objectContaining({ code }), expect.objectContaining({ code: 'Watching' })]),
      );
      expect([listed?.resumeAt, state, detail.state, await states()]).toEqual([null, 'Parked', 'Parked', ['Parked']]);
    }
  },
);

test('in a halted rollout every view says of a cluster that is watched both that it is, and that nobody looks', async () => {
  const { world, id, explained } = await halted();
  const [listed] = (await listUpgrades(world.table, {})).items;
  const { members } = await loadRolloutDetail(world.table, id, world.clock.now());
  const told = [explained, listed, members.find(({ name }) => name === 'till')].map((view) =>
    view?.reasons.map(({ code }) => code).filter((code) => code !== 'Looked'),
  );
  expect(told).toEqual(Array(3).fill(['RolloutHalted', 'FailureBudgetExceeded', 'Watching']));
});
