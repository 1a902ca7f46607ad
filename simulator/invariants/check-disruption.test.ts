import { testWorld } from '../../test/material/eks/world.ts';
import { inForce, KEY } from '../../test/material/invariants/fabricate.ts';
import { shop } from '../../test/material/kubernetes/server-under-test.ts';
import { addCluster } from '../eks/add-cluster.ts';
import { disruptionCounts, noteRoll } from '../kubernetes/disruption/disruption-counts.ts';
import { checkDisruption } from './check-disruption.ts';

/** A cluster with some nodes, and the group of the first one. */
function shopCluster() {
  const world = testWorld((state) => addCluster(state, shop));
  const [cluster] = Object.values(world.state.clusters);
  const name = cluster?.kubernetes.nodes[0]?.nodegroupName;
  if (cluster === undefined || name === undefined) throw new Error('the world has no group');
  return { cluster, name, now: world.now().getTime() };
}

/** The violations where EKS was asked to roll a group, and takes two nodes of it at once. */
function rolledUnder(maxUnavailable: number | string) {
  const { cluster, name, now } = shopCluster();
  const token = 'of-a-roll';
  noteRoll(cluster, { name, parallel: 2 }, { token, by: 'liftlock', now });
  const input = { clusterName: 'web', nodegroupName: name, clientRequestToken: token };
  return inForce({ spec: { disruption: { maxUnavailable } } })
    .commit('roll-node-group', { subject: name, call: { name: 'UpdateNodegroupVersion', input } })
    .violations(checkDisruption, cluster);
}

test.each([1, '10%', '25%'])('a roll of two nodes at once is noticed where %s may be down', (maxUnavailable) => {
  expect(rolledUnder(maxUnavailable)).toEqual([
    { invariant: 'disruption', message: expect.stringContaining(`of ${KEY} at 2026-11-20T12:00:00.000Z had 2 of`) },
  ]);
});

test.each([2, 3, '100%'])('a roll of two nodes at once is right where %s may be down', (maxUnavailable) => {
  expect(rolledUnder(maxUnavailable)).toEqual([]);
});

test('an eviction that a budget forbade is noticed, once', () => {
  const { cluster } = shopCluster();
  disruptionCounts(cluster).forbidden.evicted = 2;
  disruptionCounts(cluster).forbidden.deleted = 1;
  expect(inForce().commit().violations(checkDisruption, cluster)).toEqual([
    { invariant: 'disruption', message: '2 pods were evicted although a budget forbade it' },
  ]);
});
