import { launchNode } from '../../simulator/kubernetes/launch-node.ts';
import type { World } from '../../simulator/process/world.ts';
import { hours, smallFleet, upgradesOf, versionOf } from './small-fleet.ts';

// Karpenter and Auto Mode replace their nodes for hours once the control plane has moved: on some of them pods are always just starting.

const MINUTE = 60_000;
const agent = {
  ...{ kind: 'DaemonSet' as const, namespace: 'agents', name: 'logs', replicas: 0, labels: { app: 'logs' } },
  image: 'logs:1',
};

/** From when the control plane has moved a node joins every minute, and takes two to be Ready. */
function drift(world: World): void {
  const [cluster] = Object.values(world.eks.state.clusters);
  if (cluster === undefined) throw new Error('no cluster');
  const { kubernetes, region } = cluster;
  const labels = { 'karpenter.sh/nodepool': 'default' };
  for (let minute = 0; minute < 240; minute += 1)
    world.clock.schedule(new Date(world.clock.now().getTime() + minute * MINUTE), async () => {
      if (cluster.version !== '1.37') return;
      const readyAt = world.clock.now().getTime() + 2 * MINUTE;
      launchNode(kubernetes, { kubeletVersion: 'v1.37.1', readyAt, region, zones: 2, labels });
    });
}

const hop = async (more: object = {}) => {
  const world = await smallFleet({
    clusters: [
      {
        ...{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }], workloads: [agent] },
        otherNodes: [{ labels: { 'karpenter.sh/nodepool': 'default' }, version: '1.36', nodes: 8 }],
      },
    ],
    policy: { rollback: { automatic: true, windows: 'ignore' }, ...more },
  });
  drift(world);
  await hours(world, 4);
  const upgrade = (await upgradesOf(world)).find(({ id }) => id === '1.36-1.37');
  return { world, upgrade, said: upgrade?.steps['smoke-check']?.reasons.map(({ message }) => message).join(' ') };
};

test('a cluster whose nodes follow by themselves is not worse for pods that are just starting there', async () => {
  const { world, upgrade, said } = await hop();
  expect([upgrade?.status, versionOf(world, 'web')]).toEqual(['Succeeded', '1.37']);
  expect(said).toMatch(/DaemonSet agents\/logs .*just starting/);
});
