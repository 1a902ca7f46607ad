import fc from 'fast-check';
import { KubeVersion } from '../../core/version/kube-version.ts';
import { testWorld } from '../../test/material/eks/world.ts';
import { addCluster } from './add-cluster.ts';
import { FakeEksError } from './errors.ts';
import { overlappingUpdates, updateTimeline } from './log/timeline.ts';
import { seededRandom } from './seeded-random.ts';

const minors = ['1.33', '1.34', '1.35', '1.36', '1.37'];
const name = fc.constantFrom('a', 'b');
const version = fc.constantFrom(...minors);
const token = fc.option(fc.constantFrom('t1', 't2', 't3'), { nil: undefined });

/** Any action of a caller, valid or not, and time that passes. */
const action = fc.oneof(
  fc.record({ pass: fc.integer({ min: 1, max: 400 }) }),
  fc.record({ cluster: name, version, token }),
  fc.record({ cluster: name, nodegroup: fc.constantFrom('x', 'y'), version, force: fc.boolean() }),
  fc.record({ cluster: name, addon: fc.constantFrom('coredns', 'kube-proxy'), row: fc.nat(6) }),
  fc.record({ cluster: name, policy: fc.constantFrom('STANDARD' as const, 'EXTENDED' as const) }),
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;
type World = ReturnType<typeof testWorld>;

function worldOf(seed: number): World {
  return testWorld(
    (state) => {
      const budget = { namespace: 'shop', name: 'api', matchLabels: { app: 'api' }, minAvailable: 2 };
      const api = { namespace: 'shop', name: 'api', replicas: 2, labels: { app: 'api' }, image: 'api:1' };
      for (const each of ['a', 'b']) {
        addCluster(state, {
          name: each,
          version: '1.34',
          supportType: each === 'a' ? 'STANDARD' : 'EXTENDED',
          nodegroups: [
            { name: 'x', nodes: 3 },
            { name: 'y', version: '1.33', updateConfig: { maxUnavailable: 2 } },
          ],
          ...(each === 'a' ? {} : { workloads: [{ ...api, kind: 'Deployment' }], podDisruptionBudgets: [budget] }),
        });
      }
    },
    { random: seededRandom(seed) },
  );
}

function perform(world: World, act: Action): void {
  if ('pass' in act) world.pass(act.pass);
  else if ('nodegroup' in act) {
    const { cluster, nodegroup, ...rest } = act;
    world.call('UpdateNodegroupVersion', { clusterName: cluster, nodegroupName: nodegroup, ...rest });
  } else if ('addon' in act) {
    const addonVersion = world.state.addonVersions[act.addon]?.[act.row]?.version ?? 'v0';
    world.call('UpdateAddon', { clusterName: act.cluster, addonName: act.addon, addonVersion });
  } else if ('policy' in act) {
    world.call('UpdateClusterConfig', { name: act.cluster, upgradePolicy: { supportType: act.policy } });
  } else {
    const clientRequestToken = act.token;
    world.call('UpdateClusterVersion', {
      name: act.cluster,
      version: act.version,
      ...(clientRequestToken === undefined ? {} : { clientRequestToken }),
    });
  }
}

test('whatever callers do, the world stays one that EKS could be in', () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(action, { maxLength: 40 }), (seed, actions) => {
      const world = worldOf(seed);
      for (const act of actions) {
        try {
          perform(world, act);
        } catch (error) {
          if (!(error instanceof FakeEksError)) throw error;
        }
      }
      world.pass(12 * 60);
      expect(overlappingUpdates(world.state)).toEqual([]);
      expect(JSON.parse(JSON.stringify(world.state))).toEqual(world.state);
      expect(updateTimeline(world.state).filter((each) => each.endedAt === undefined)).toEqual([]);
      for (const cluster of Object.values(world.state.clusters)) {
        const control = KubeVersion.parse(cluster.version);
        expect(cluster.status).toBe('ACTIVE');
        for (const [index, entry] of cluster.versions.entries()) {
          const before = cluster.versions[index - 1];
          if (before === undefined) continue;
          const hop = KubeVersion.parse(before.version).minorsBehind(KubeVersion.parse(entry.version));
          expect(hop).toBe(entry.how === 'rollback' ? -1 : 1);
        }
        for (const nodegroup of cluster.nodegroups) {
          const nodes = cluster.kubernetes.nodes.filter((node) => node.nodegroupName === nodegroup.name);
          expect(nodes.length).toBeGreaterThanOrEqual(nodegroup.scalingConfig.desiredSize);
        }
        for (const node of cluster.kubernetes.nodes) {
          const behind = KubeVersion.parse(node.kubeletVersion).minorsBehind(control);
          expect(behind).toBeGreaterThanOrEqual(0);
          expect(node.unschedulable).toBe(false);
        }
      }
    }),
    { numRuns: 150 },
  );
});
