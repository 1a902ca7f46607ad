import { addCluster } from '../../eks/add-cluster.ts';
import { emptyState } from '../../eks/empty-state.ts';
import { World } from '../../process/world.ts';
import { watchState } from './watch-state.ts';

const start = new Date('2026-11-20T08:00:00Z');

function watched() {
  const state = emptyState(start);
  const cluster = addCluster(state, {
    name: 'web',
    version: '1.36',
    nodegroups: [{ name: 'a' }, { name: 'b' }],
  });
  const left = watchState(new World({ state, start, seed: 1 }));
  const { nodegroups } = cluster;
  const [group] = nodegroups;
  if (group === undefined) throw new Error('the cluster has no group');
  return { cluster, group, nodegroups, left };
}

test('a group that is left with other update settings than it had is told, with both', () => {
  const { group, left } = watched();
  group.updateConfig = { maxUnavailable: 3 };
  expect(left()).toEqual([
    { invariant: 'state', message: expect.stringMatching(/^a@.*"maxUnavailable":1.*"maxUnavailable":3/) },
  ]);
  group.updateConfig = { maxUnavailable: 1, updateStrategy: 'MINIMAL' };
  expect(left()).toHaveLength(1);
});

test('a group whose settings were put back is not, nor is one that is gone or was created anew', () => {
  const { group, nodegroups, left } = watched();
  group.updateConfig = { updateStrategy: 'DEFAULT', maxUnavailable: 1 };
  expect(left()).toEqual([]);
  Object.assign(group, { updateConfig: { maxUnavailable: 2 }, createdAt: group.createdAt + 1 });
  nodegroups.splice(1);
  expect(left()).toEqual([]);
});

test.each<[string, (cluster: ReturnType<typeof watched>['cluster']) => void]>([
  ['supportType', (cluster) => Object.assign(cluster, { supportType: 'STANDARD' })],
  [
    'accessEntries',
    ({ accessEntries }) =>
      accessEntries.push({ principalArn: 'x', kubernetesGroups: [], type: 'STANDARD', createdAt: 0, policies: [] }),
  ],
  ['addons', ({ addons }) => addons.splice(0, 1)],
  [
    'objects',
    ({ kubernetes }) =>
      Object.assign(kubernetes, { objects: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'new' } }] }),
  ],
  [
    'kubernetes',
    ({ kubernetes }) => kubernetes.podDisruptionBudgets.push({ namespace: 'shop', name: 'b', matchLabels: {} }),
  ],
  ['workloads', ({ kubernetes }) => kubernetes.workloads.splice(0, 1)],
  ['nodes with marks', ({ kubernetes: { nodes } }) => Object.assign(Object(nodes[0]), { unschedulable: true })],
])('a cluster that is left with other %s is told', (part, change) => {
  const { cluster, left } = watched();
  change(cluster);
  expect(left()).toEqual([{ invariant: 'state', message: expect.stringMatching(`^web@\\d+ had the ${part} `) }]);
});

test('versions, images, nodes and health are there to change', () => {
  const { cluster, group, left } = watched();
  Object.assign(cluster, { version: '1.37', healthIssues: [{ code: 'x' }], tags: { 'liftlock/paused': 'true' } });
  Object.assign(group, { version: '1.37', releaseVersion: 'r', status: 'DEGRADED' });
  for (const addon of cluster.addons) addon.version = 'v2';
  for (const workload of cluster.kubernetes.workloads) workload.image = 'another';
  cluster.kubernetes.nodes.splice(0, 1);
  expect(left()).toEqual([]);
});
