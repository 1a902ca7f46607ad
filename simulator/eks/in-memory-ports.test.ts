import { testWorld } from '../../test/material/eks/world.ts';
import { addCluster } from './add-cluster.ts';
import { createInMemoryEks } from './in-memory-ports.ts';

const scope = { account: '111111111111', region: 'eu-central-1' };

function portsWith(clusters: number, pageSize = 2) {
  const world = testWorld((state) => {
    for (let index = 0; index < clusters; index++) {
      addCluster(state, { name: `c${index}`, version: '1.35', nodegroups: [{ name: 'workers' }] });
    }
  });
  const waits: number[] = [];
  const eks = createInMemoryEks(world.fake, {
    clock: { now: () => world.now() },
    principal: ({ account }) => `arn:aws:sts::${account}:assumed-role/LiftlockSpoke/test`,
    pageSize,
    sleep: async (milliseconds) => {
      waits.push(milliseconds);
      world.pass(milliseconds / 60_000);
    },
  });
  return { world, eks, waits };
}

test('lists are complete whatever the page size', async () => {
  const { eks } = portsWith(5);
  expect(await eks.listClusters(scope)).toEqual(['c0', 'c1', 'c2', 'c3', 'c4']);
  expect((await eks.describeClusterVersions(scope)).map((each) => each.clusterVersion)).toContain('1.37');
  expect((await eks.listInsights(scope, { clusterName: 'c0' })).length).toBeGreaterThan(4);
  expect(await eks.describeAddonVersions(scope, { addonName: 'coredns', kubernetesVersion: '1.36' })).toHaveLength(1);
});

test('a whole hop goes through the ports', async () => {
  const { world, eks } = portsWith(1);
  const subject = { name: 'c0' };
  const update = await eks.updateClusterVersion(scope, { ...subject, version: '1.36', clientRequestToken: 'a' });
  expect(await eks.listUpdates(scope, subject)).toEqual([update.id]);
  world.settle();
  expect((await eks.describeUpdate(scope, { ...subject, updateId: update.id })).status).toBe('Successful');
  const group = { clusterName: 'c0', nodegroupName: 'workers' };
  await eks.updateNodegroupVersion(scope, { ...group, version: '1.36', clientRequestToken: 'b' });
  const proxy = { clusterName: 'c0', addonName: 'kube-proxy' };
  await eks.updateAddon(scope, {
    ...proxy,
    addonVersion: 'v1.36.0-eksbuild.14',
    resolveConflicts: 'PRESERVE',
    clientRequestToken: 'c',
  });
  world.settle();
  expect((await eks.describeNodegroup(scope, group)).version).toBe('1.36');
  expect((await eks.describeAddon(scope, proxy)).addonVersion).toBe('v1.36.0-eksbuild.14');
  expect((await eks.describeCluster(scope, subject)).version).toBe('1.36');
});

test('errors come with AWS’s names', async () => {
  const { eks } = portsWith(1);
  await expect(eks.describeCluster(scope, { name: 'none' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('an injected delay holds the call up in virtual time: its effect is late', async () => {
  const { world, eks, waits } = portsWith(1);
  const start = world.now().getTime();
  world.fake.faults.add({ operation: 'UpdateClusterVersion', effect: { kind: 'delay', beforeMilliseconds: 45_000 } });
  await eks.updateClusterVersion(scope, { name: 'c0', version: '1.36', clientRequestToken: 'a' });
  expect(waits).toEqual([45_000]);
  expect(world.state.mutations[0]?.at).toBe(start + 45_000);
});
