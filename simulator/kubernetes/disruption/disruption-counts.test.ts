import { testWorld } from '../../../test/material/eks/world.ts';
import { shop } from '../../../test/material/kubernetes/server-under-test.ts';
import { addCluster } from '../../eks/add-cluster.ts';
import { deletePod, requestEviction } from '../evict-pod.ts';
import { disruptionCounts, noteCordon, noteLoss, noteRoll } from './disruption-counts.ts';
import { podViews } from './pod-view.ts';

function shopCluster() {
  const world = testWorld((state) => addCluster(state, shop));
  const [cluster] = Object.values(world.state.clusters);
  if (cluster === undefined) throw new Error('the world has no cluster');
  return { cluster, now: world.now().getTime() };
}

const none = { evicted: 0, deleted: 0 };

test('pods that go although a budget forbids it are counted, by the way they went', () => {
  const { cluster, now } = shopCluster();
  const db = { namespace: 'shop', name: 'db-0' };
  expect(() => requestEviction(cluster, db, now)).toThrow('Cannot evict pod');
  const [api] = cluster.kubernetes.pods.filter(({ owner }) => owner === 'Deployment/shop/api');
  requestEviction(cluster, { namespace: 'shop', name: api?.name ?? '' }, now);
  expect(disruptionCounts(cluster).forbidden).toEqual(none);
  deletePod(cluster, db, now);
  expect(disruptionCounts(cluster).forbidden).toEqual({ ...none, deleted: 1 });
  // A server that ignores its budgets would do this.
  const [left] = podViews(cluster.kubernetes, now).filter(({ name }) => name === 'db-1');
  if (left !== undefined) noteLoss(cluster, left, now, 'evicted');
  expect(disruptionCounts(cluster).forbidden).toEqual({ evicted: 1, deleted: 1 });
});

test('a roll counts the nodes that EKS replaces together, and those of others that are down', () => {
  const { cluster, now } = shopCluster();
  const [first, second] = cluster.kubernetes.nodes;
  if (first === undefined || second === undefined) throw new Error('two nodes');
  const of = cluster.kubernetes.nodes.length;
  const by = 'liftlock';
  const down = (parallel: number, name = 'elsewhere') => {
    noteRoll(cluster, { name, parallel }, { token: 't', by, now });
    return disruptionCounts(cluster).taken.at(-1);
  };
  expect(down(2, String(first.nodegroupName))).toEqual({ token: 't', by, down: 2, of });
  // A group without nodes has none to replace.
  expect(down(2)?.down).toBe(0);
  second.readyAt = now + 60_000;
  expect(down(2)?.down).toBe(1);
});

test('a node that is cordoned counts while pods are on it that are to move', () => {
  const { cluster, now } = shopCluster();
  const { kubernetes } = cluster;
  for (const node of kubernetes.nodes) node.unschedulable = true;
  const used = new Set(
    podViews(kubernetes, now).flatMap(({ controller, nodeName }) =>
      controller?.kind === 'DaemonSet' ? [] : [nodeName],
    ),
  );
  expect(used.size).toBeGreaterThan(0);
  noteCordon(cluster, 'ann', now);
  expect(disruptionCounts(cluster).taken).toEqual([{ by: 'ann', down: used.size, of: kubernetes.nodes.length }]);
});
