import type { UpgradePolicySpec } from '../../core/config/types.ts';
import type { World } from '../../simulator/process/world.ts';
import { mutationsOf, run, smallFleet, upgradesOf } from './small-fleet.ts';

// docs/policies.md, "Newer images of the same minor": what is approved is the plan, which pins the release of each group.

const NEW = '1.37.1-20261112';

/** `batch` cannot launch nodes, for want of capacity say, and EKS calls it DEGRADED for that: nothing of it is half-rolled. */
async function patched(patch: UpgradePolicySpec['patch'], release: string, more: object = {}) {
  const world = await smallFleet({
    ...more,
    clusters: [
      {
        ...{ name: 'web', version: '1.37', addons: { coredns: 'v1.13.2-eksbuild.6' } },
        nodegroups: [
          { name: 'workers', nodes: 1 },
          { name: 'batch', nodes: 2 },
        ],
      },
    ],
    policy: { finish: 'propose', patch },
    prepare({ clusters }) {
      const [, batch] = Object.values(clusters)[0]?.nodegroups ?? [];
      Object.assign(batch ?? {}, { status: 'DEGRADED', releaseVersion: release });
    },
  });
  await run(world);
  const [upgrade] = await upgradesOf(world);
  expect(upgrade).toMatchObject({ id: '1.37-1.37', status: 'Succeeded' });
  const moves = mutationsOf(world).map(({ request }) => ('addonName' in request ? 'coredns' : request.nodegroupName));
  return { moves, said: upgrade?.steps['roll-node-group/batch']?.reasons[0]?.message };
}

test('a patch of images replaces no nodes of a group that its plan does not name, DEGRADED or not', async () => {
  const { moves, said } = await patched({ nodes: {} }, NEW);
  expect(moves).toEqual(['workers']);
  expect(said).toMatch(/^batch stays at 1\.37 .*DEGRADED/);
});

test('nor of one whose release AWS has withdrawn since, and it says so', async () => {
  const withdraw = async (world: World) => {
    world.eks.state.imageDays = { '1.37': '2026-10-01' };
    await world.invoke('watch-versions', {});
  };
  const granted = { when: 'after', operation: 'grant', function: 'reconcile-rollouts' };
  const faults = [{ ...granted, effect: { kind: 'act', act: withdraw } }];
  const { moves, said } = await patched({ nodes: {} }, '1.37.1-20261001', { faults });
  expect(moves).toEqual([]);
  expect(said).toMatch(/^batch stays .*DEGRADED.*: the plan of its rollout names .*, which AWS has withdrawn\.$/);
});

test('a patch of add-ons replaces no nodes at all', async () => {
  expect((await patched({ addons: {} }, '1.37.1-20261001')).moves).toEqual(['coredns']);
});

test('nor of one with an AMI of its own that has the AMI of its rule already', async () => {
  const ami = 'ami-0123456789abcdef0';
  const ml = { name: 'ml', nodes: 2, amiType: 'CUSTOM', launchTemplate: { id: 'lt-1', version: '1' } };
  const world = await smallFleet({
    clusters: [{ name: 'web', version: '1.37', addons: { coredns: 'v1.13.2-eksbuild.6' }, nodegroups: [ml] }],
    policy: {
      ...{ finish: 'propose', patch: { addons: {} } },
      nodes: { images: [{ table: { '1.37': { 'eu-central-1': ami } } }] },
    },
    prepare(state) {
      const place = { account: '111111111111', region: 'eu-central-1', kubelet: '1.37', architecture: 'x86_64' };
      state.images = { [ami]: { ...place, creationDate: '2026-11-01T00:00:00.000Z', tags: {} } };
      state.templateTags = { 'lt-1': { 'liftlock:versions': 'allowed' } };
      state.templateVersions = { 'lt-1:1': { imageId: ami, description: '', clientToken: '' } };
      const [group] = Object.values(state.clusters)[0]?.nodegroups ?? [];
      Object.assign(group ?? {}, { status: 'DEGRADED', releaseVersion: ami });
    },
  });
  await run(world);
  expect(await upgradesOf(world)).toMatchObject([{ id: '1.37-1.37', status: 'Succeeded' }]);
  expect(mutationsOf(world).map(({ operation }) => operation)).toEqual(['UpdateAddon']);
  expect(Object.values(world.eks.state.templateVersions ?? {}).map(({ imageId }) => imageId)).toEqual([ami]);
});
