import { testWorld } from '../../../test/material/eks/world.ts';
import { shop } from '../../../test/material/kubernetes/server-under-test.ts';
import { addCluster } from '../../eks/add-cluster.ts';
import { deletePod, requestEviction } from '../evict-pod.ts';
import { disruptionCounts, noteLoss } from './disruption-counts.ts';
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
  expect(disruptionCounts(cluster, now).forbidden).toEqual(none);
  deletePod(cluster, db, now);
  expect(disruptionCounts(cluster, now).forbidden).toEqual({ ...none, deleted: 1 });
  // A server that ignores its budgets would do this.
  const [left] = podViews(cluster.kubernetes, now).filter(({ name }) => name === 'db-1');
  if (left !== undefined) noteLoss(cluster, left, now, 'evicted');
  expect(disruptionCounts(cluster, now).forbidden).toEqual({ evicted: 1, deleted: 1 });
});

test('the most nodes that were down at once are counted, without those that still join', () => {
  const { cluster, now } = shopCluster();
  const { kubernetes } = cluster;
  const [first, second, third] = kubernetes.nodes;
  if (first === undefined || second === undefined || third === undefined) throw new Error('three nodes');
  third.readyAt = now + 1;
  expect(disruptionCounts(cluster, now).mostDown).toBe(0);
  first.unschedulable = true;
  second.readyAt = now + 60_000;
  expect(disruptionCounts(cluster, now + 1).mostDown).toBe(2);
  first.unschedulable = false;
  third.unschedulable = true;
  expect(disruptionCounts(cluster, now + 60_000).mostDown).toBe(2);
});
