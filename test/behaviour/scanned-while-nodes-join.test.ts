import { launchNode } from '../../simulator/kubernetes/launch-node.ts';
import { run, smallFleet, upgradesOf } from './small-fleet.ts';

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
