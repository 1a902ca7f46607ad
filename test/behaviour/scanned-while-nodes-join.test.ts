import { loadReport, scansOf } from '../../core/scan/fleet/report-store.ts';
import { launchNode } from '../../simulator/kubernetes/launch-node.ts';
import { beginByHand, clusterArn, discover, minutes, recordOf, run, smallFleet, upgradesOf } from './small-fleet.ts';

test('a node that joins while its cluster is scanned blocks no hop: what the cluster runs of its own is just starting there', async () => {
  const world = await smallFleet({ clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] }] });
  const [cluster] = Object.values(world.eks.state.clusters);
  if (cluster === undefined) throw new Error('no cluster');
  const readyAt = world.clock.now().getTime() + 5 * 60_000;
  const labels = { 'karpenter.sh/nodepool': 'default' };
  world.clock.schedule(new Date(world.clock.now().getTime() + 60_000), async () => {
    launchNode(cluster.kubernetes, { kubeletVersion: 'v1.36.2', readyAt, region: cluster.region, zones: 2, labels });
  });
  await run(world);
  const [upgrade] = await upgradesOf(world);
  expect(upgrade?.status).toBe('Succeeded');
  expect(cluster.version).toBe('1.37');
});

test('a look without an upgrade names what is missing of kube-system where it lasts, not in the minute in which a node joins', async () => {
  const clusters = [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] }];
  const world = await smallFleet({ clusters, policy: { trigger: 'manual' } });
  await discover(world);
  const [cluster] = Object.values(world.eks.state.clusters);
  if (cluster === undefined) throw new Error('no cluster');
  const createdAt = world.clock.now().getTime();
  const readyAt = createdAt + 3_600_000;
  const where = { kubeletVersion: 'v1.36.2', region: cluster.region, zones: 2 };
  launchNode(cluster.kubernetes, { ...where, readyAt }).createdAt = createdAt;
  const missing = async (name: string, within: number) => {
    await beginByHand(world, 'scan-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' }, name);
    await minutes(world, within);
    const [scan] = await scansOf(world.table, (await recordOf(world, 'web')).clusterKey);
    const report = scan && (await loadReport(world.table, scan));
    return report?.findings.flatMap(({ rule, name: workload }) => (rule === 'WorkloadUnavailable' ? workload : []));
  };
  expect(await missing('joins', 2)).toEqual([]);
  expect(await missing('lasts', 20)).toEqual(['aws-node', 'kube-proxy']);
});
