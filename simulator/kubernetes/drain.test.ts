import { testDay, testWorld } from '../../test/material/eks/world.ts';
import { addCluster } from '../eks/add-cluster.ts';
import type { ClusterRecord } from '../eks/state/fake-eks-state.ts';
import { drainPass } from './drain.ts';
import type { StoredObject } from './resources/stored-object.ts';

const now = testDay.getTime();

function clusterWith(objects: (node: string) => StoredObject[]): { cluster: ClusterRecord; node: string } {
  const made: ClusterRecord[] = [];
  testWorld((state) => {
    made.push(
      addCluster(state, {
        name: 'shop',
        version: '1.35',
        nodegroups: [{ name: 'workers', nodes: 2 }],
        workloads: [
          {
            kind: 'StatefulSet',
            namespace: 'shop',
            name: 'db',
            replicas: 2,
            labels: { app: 'db' },
            image: 'postgres:17',
          },
        ],
      }),
    );
  });
  const [cluster] = made;
  const node = cluster?.kubernetes.nodes[0]?.name;
  if (cluster === undefined || node === undefined) throw new Error('there is no node');
  cluster.kubernetes.objects = objects(node);
  return { cluster, node };
}

const pod = (name: string, nodeName: string, metadata: object = {}): StoredObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'shop', name, labels: { app: name }, ...metadata },
  spec: { nodeName },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
});
const names = (cluster: ClusterRecord) =>
  (cluster.kubernetes.objects ?? []).filter(({ kind }) => kind === 'Pod').map(({ metadata }) => metadata.name);

test('a drain leaves pods of DaemonSets and of the kubelet, and takes others that were written down', () => {
  const daemonSet = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'x', controller: true };
  const { cluster, node } = clusterWith((name) => [
    pod('agent', name, { ownerReferences: [daemonSet] }),
    pod('static', name, { annotations: { 'kubernetes.io/config.mirror': 'x' } }),
    pod('bare', name),
    pod('elsewhere', 'another'),
  ]);
  expect(drainPass(cluster, node, now)).toEqual([]);
  expect(names(cluster)).toEqual(['agent', 'static', 'elsewhere']);
});

test('a pod that was evicted and waits for its finalizers holds the drain, pass for pass', () => {
  const { cluster, node } = clusterWith((name) => [pod('held', name, { finalizers: ['example.com/backup'] })]);
  const why = ['shop/held: It waits for its finalizers example.com/backup.'];
  expect(drainPass(cluster, node, now)).toEqual(why);
  expect(drainPass(cluster, node, now + 60_000)).toEqual(why);
  cluster.kubernetes.objects = [];
  expect(drainPass(cluster, node, now + 120_000)).toEqual([]);
});

test('two budgets over a pod hold it, whatever they allow', () => {
  const { cluster, node } = clusterWith(() => []);
  cluster.kubernetes.podDisruptionBudgets.push(
    { namespace: 'shop', name: 'one', matchLabels: { app: 'db' }, maxUnavailable: 2 },
    { namespace: 'shop', name: 'two', matchLabels: { app: 'db' }, maxUnavailable: 2 },
  );
  expect(drainPass(cluster, node, now)).toEqual([expect.stringContaining('has more than one PodDisruptionBudget')]);
});

test('a crash-looping pod goes by AlwaysAllow, and stays without it', () => {
  const { cluster, node } = clusterWith(() => []);
  const { pods, podDisruptionBudgets } = cluster.kubernetes;
  for (const each of pods) if (each.name.startsWith('db-')) each.waitingReason = 'CrashLoopBackOff';
  const budget = { namespace: 'shop', name: 'db', matchLabels: { app: 'db' }, minAvailable: 1 };
  podDisruptionBudgets.push(budget);
  expect(drainPass(cluster, node, now)).toEqual([expect.stringContaining('needs 1 healthy pods and has 0 currently')]);
  podDisruptionBudgets.splice(podDisruptionBudgets.indexOf(budget), 1, {
    ...budget,
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
  });
  expect(drainPass(cluster, node, now)).toEqual([]);
});
