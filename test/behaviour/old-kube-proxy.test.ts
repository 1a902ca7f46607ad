import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { acceptedMutations } from '../../simulator/eks/log/timeline.ts';
import { recordOf, run, smallFleet } from './small-fleet.ts';

test.each([
  ['three', 'v1.33.10-eksbuild.13'],
  ['four', 'v1.32.13-eksbuild.6'],
])(
  'the add-on kube-proxy that nobody has updated for %s minors stops no hop: it comes along first',
  async (_, version) => {
    const addons = { 'kube-proxy': version };
    const world = await smallFleet({
      clusters: [{ name: 'late', version: '1.36', nodegroups: [{ name: 'a' }], addons }],
    });
    await run(world);
    const calls = acceptedMutations(world.eks.state).map(({ operation }) => operation);
    expect(calls).toEqual(['UpdateAddon', 'UpdateClusterVersion', 'UpdateNodegroupVersion', 'UpdateAddon']);
    const { state } = await explainCluster(world.ports, await recordOf(world, 'late'));
    expect(state).toBe('UpToDate');
  },
);
