import { refusal, testWorld } from '../../../test/material/eks/world.ts';
import { addCluster, type ClusterSpecification } from '../add-cluster.ts';

const addon = { clusterName: 'shop', addonName: 'coredns' };

function worldWith(specification: Partial<ClusterSpecification> = {}) {
  return testWorld((state) => {
    addCluster(state, {
      name: 'shop',
      version: '1.35',
      nodegroups: [{ name: 'workers' }],
      addons: { coredns: 'v1.12.4-eksbuild.10', 'kube-proxy': 'v1.35.3-eksbuild.5' },
      ...specification,
    });
  });
}

describe('UpdateAddon refuses', () => {
  test.each<[string, object, string]>([
    ['an unknown version', { addonVersion: 'v9.9.9-eksbuild.1' }, 'InvalidParameterException'],
    ['a version of another minor', { addonVersion: 'v1.11.4-eksbuild.33' }, 'InvalidParameterException'],
    [
      'a kube-proxy newer than the API server',
      { addonName: 'kube-proxy', addonVersion: 'v1.36.0-eksbuild.14' },
      'InvalidParameterException',
    ],
    ['an add-on that is not installed', { addonName: 'vpc-cni' }, 'ResourceNotFoundException'],
    ['broken configuration', { configurationValues: '{"replicaCount":' }, 'InvalidParameterException'],
  ])('%s', (_, input, error) => {
    const world = worldWith();
    expect(refusal(() => world.call('UpdateAddon', { ...addon, ...input }))).toBe(error);
  });

  test('a second update of the same add-on', () => {
    const world = worldWith();
    world.call('UpdateAddon', { ...addon, addonVersion: 'v1.13.2-eksbuild.6' });
    expect(refusal(() => world.call('UpdateAddon', { ...addon, addonVersion: 'v1.13.2-eksbuild.6' }))).toBe(
      'ResourceInUseException',
    );
  });
});

test('an update takes 1 to 4 minutes, then the new image runs in kube-system', () => {
  const world = worldWith();
  const { update } = world.call('UpdateAddon', {
    ...addon,
    addonVersion: 'v1.13.2-eksbuild.6',
    resolveConflicts: 'PRESERVE',
  });
  expect(update?.type).toBe('AddonUpdate');
  world.pass(0.5);
  expect(world.call('DescribeAddon', addon).addon?.status).toBe('UPDATING');
  world.pass(4);
  expect(world.call('DescribeAddon', addon).addon).toMatchObject({
    status: 'ACTIVE',
    addonVersion: 'v1.13.2-eksbuild.6',
  });
  const { kubernetes } = Object.values(world.state.clusters)[0] ?? {};
  const images = kubernetes?.pods.filter((pod) => pod.name.startsWith('coredns-')).flatMap((pod) => pod.images);
  expect(images?.every((image) => image.endsWith(':v1.13.2-eksbuild.6'))).toBe(true);
});

test.each([
  ['PRESERVE', 'Successful', 'ACTIVE'],
  ['OVERWRITE', 'Successful', 'ACTIVE'],
  ['NONE', 'Failed', 'UPDATE_FAILED'],
  [undefined, 'Failed', 'UPDATE_FAILED'],
] as const)('somebody’s own settings and resolveConflicts %s end %s', (resolveConflicts, status, addonStatus) => {
  const world = worldWith();
  for (const cluster of Object.values(world.state.clusters)) {
    for (const each of cluster.addons) each.customised = true;
  }
  const { update } = world.call('UpdateAddon', {
    ...addon,
    addonVersion: 'v1.13.2-eksbuild.6',
    ...(resolveConflicts === undefined ? {} : { resolveConflicts }),
  });
  world.settle();
  const subject = { name: 'shop', addonName: 'coredns', updateId: update?.id ?? '' };
  expect(world.call('DescribeUpdate', subject).update?.status).toBe(status);
  expect(world.call('DescribeAddon', addon).addon?.status).toBe(addonStatus);
});

test('the update of an add-on is found only with its name', () => {
  const world = worldWith();
  const { update } = world.call('UpdateAddon', { ...addon, addonVersion: 'v1.13.2-eksbuild.6' });
  const updateId = update?.id ?? '';
  expect(world.call('ListUpdates', { name: 'shop' }).updateIds).toEqual([]);
  expect(world.call('ListUpdates', { name: 'shop', addonName: 'coredns' }).updateIds).toEqual([updateId]);
  expect(refusal(() => world.call('DescribeUpdate', { name: 'shop', updateId }))).toBe('ResourceNotFoundException');
});

test('the catalog lists versions per minor and marks one default', () => {
  const world = worldWith();
  const { addons } = world.call('DescribeAddonVersions', { addonName: 'kube-proxy', kubernetesVersion: '1.36' });
  const versions = addons?.[0]?.addonVersions ?? [];
  expect(versions.map((each) => each.addonVersion?.slice(0, 5))).toEqual(['v1.36', 'v1.35', 'v1.34', 'v1.33']);
  const defaults = versions.filter((each) => each.compatibilities?.[0]?.defaultVersion === true);
  expect(defaults.map((each) => each.addonVersion)).toEqual(['v1.36.0-eksbuild.14']);
});

test('every add-on has, for every hop, a version that fits both minors', () => {
  const world = worldWith();
  for (const rows of Object.values(world.state.addonVersions)) {
    for (let minor = 31; minor < 37; minor++) {
      const both = [`1.${minor}`, `1.${minor + 1}`];
      expect(rows.some((row) => both.every((each) => row.minors.includes(each)))).toBe(true);
    }
  }
});
