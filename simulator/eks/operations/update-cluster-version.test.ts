import { refusal, testCaller, testDay, testWorld } from '../../../test/material/eks/world.ts';
import { addCluster, type ClusterSpecification } from '../add-cluster.ts';

const days = (count: number) => new Date(testDay.getTime() + count * 86_400_000);

function worldWith(specification: Partial<ClusterSpecification>) {
  return testWorld((state) => {
    addCluster(state, { name: 'shop', version: '1.35', ...specification });
  });
}

describe('UpdateClusterVersion refuses', () => {
  test.each<[string, Partial<ClusterSpecification>, string, string]>([
    ['the version it has', {}, '1.35', 'InvalidParameterException'],
    ['two minors at once', {}, '1.37', 'InvalidParameterException'],
    ['a version nobody offers', {}, '1.38', 'InvalidParameterException'],
    ['a version nobody offers yet as the next hop', { version: '1.37' }, '1.38', 'InvalidParameterException'],
    ['a patch version', {}, '1.36.2', 'InvalidParameterException'],
    ['words', {}, 'latest', 'InvalidParameterException'],
    ['two minors back', {}, '1.33', 'InvalidParameterException'],
    ['a rollback of a cluster that was created at its version', {}, '1.34', 'InvalidRequestException'],
    ['a rollback 8 days after the upgrade', { upgradedAt: days(-8) }, '1.34', 'InvalidRequestException'],
    [
      'a rollback to extended support under policy STANDARD',
      { version: '1.34', upgradedAt: days(-1), supportType: 'STANDARD' },
      '1.33',
      'InvalidRequestException',
    ],
    [
      'a rollback to an unsupported version',
      { version: '1.31', upgradedAt: days(-1) },
      '1.30',
      'InvalidRequestException',
    ],
    [
      'a rollback while nodes are at the new version',
      { upgradedAt: days(-1), nodegroups: [{ name: 'workers' }], addons: {} },
      '1.34',
      'InvalidStateException',
    ],
    [
      'a hop that leaves a node group four minors behind',
      { nodegroups: [{ name: 'old', version: '1.32' }] },
      '1.36',
      'InvalidRequestException',
    ],
  ])('%s', (_, specification, version, error) => {
    const world = worldWith(specification);
    expect(refusal(() => world.call('UpdateClusterVersion', { name: 'shop', version }))).toBe(error);
    expect(world.state.mutations).toEqual([]);
    expect(world.state.refusedMutations.map((each) => each.error)).toEqual([error]);
  });

  test('an unknown cluster, and a known one in another Region or account', () => {
    const world = worldWith({});
    const elsewhere = [
      { ...testCaller, region: 'us-east-1' },
      { ...testCaller, account: '222222222222' },
    ];
    for (const caller of elsewhere) {
      expect(refusal(() => world.call('UpdateClusterVersion', { name: 'shop', version: '1.36' }, caller))).toBe(
        'ResourceNotFoundException',
      );
    }
  });

  test('a second update, also in the seconds in which DescribeCluster still says ACTIVE', () => {
    const world = worldWith({});
    world.call('UpdateClusterVersion', { name: 'shop', version: '1.36' });
    expect(world.call('DescribeCluster', { name: 'shop' }).cluster?.status).toBe('ACTIVE');
    expect(refusal(() => world.call('UpdateClusterVersion', { name: 'shop', version: '1.36' }))).toBe(
      'ResourceInUseException',
    );
    world.pass(1);
    expect(world.call('DescribeCluster', { name: 'shop' }).cluster?.status).toBe('UPDATING');
    expect(refusal(() => world.call('UpdateClusterVersion', { name: 'shop', version: '1.36' }))).toBe(
      'ResourceInUseException',
    );
  });

  test('a rollback while a node group still follows the upgrade', () => {
    const world = worldWith({ upgradedAt: days(-1), nodegroups: [{ name: 'workers', version: '1.34' }] });
    world.call('UpdateNodegroupVersion', { clusterName: 'shop', nodegroupName: 'workers', version: '1.35' });
    expect(refusal(() => world.call('UpdateClusterVersion', { name: 'shop', version: '1.34', force: true }))).toBe(
      'ResourceInUseException',
    );
  });

  test('a cluster that is being created', () => {
    const world = worldWith({});
    world.call('CreateCluster', {
      name: 'new',
      roleArn: 'arn:aws:iam::111111111111:role/new',
      version: '1.35',
      resourcesVpcConfig: {},
    });
    expect(refusal(() => world.call('UpdateClusterVersion', { name: 'new', version: '1.36' }))).toBe(
      'InvalidRequestException',
    );
  });
});

describe('an upgrade', () => {
  test('takes 8 to 15 minutes, and only DescribeUpdate tells that it went well', () => {
    const world = worldWith({});
    const { update } = world.call('UpdateClusterVersion', { name: 'shop', version: '1.36' });
    expect(update).toMatchObject({ status: 'InProgress', type: 'VersionUpdate' });
    expect(update?.params).toContainEqual({ type: 'Version', value: '1.36' });
    world.pass(7);
    expect(world.call('DescribeCluster', { name: 'shop' }).cluster?.version).toBe('1.35');
    world.pass(9);
    expect(world.call('DescribeCluster', { name: 'shop' }).cluster).toMatchObject({
      version: '1.36',
      status: 'ACTIVE',
    });
    const described = world.call('DescribeUpdate', { name: 'shop', updateId: update?.id ?? '' });
    expect(described.update?.status).toBe('Successful');
  });

  test('fails without a trace but its errors when a subnet is gone: the old version goes on', () => {
    const world = testWorld((state) => {
      const cluster = addCluster(state, { name: 'shop', version: '1.35' });
      cluster.healthIssues.push({ code: 'Ec2SubnetNotFound', message: 'subnet-1 is gone', resourceIds: ['subnet-1'] });
    });
    const { update } = world.call('UpdateClusterVersion', { name: 'shop', version: '1.36' });
    world.settle();
    expect(world.call('DescribeCluster', { name: 'shop' }).cluster).toMatchObject({
      version: '1.35',
      status: 'ACTIVE',
    });
    const described = world.call('DescribeUpdate', { name: 'shop', updateId: update?.id ?? '' });
    expect(described.update).toMatchObject({ status: 'Failed', errors: [{ errorCode: 'SubnetNotFound' }] });
  });

  test('is not stopped by a red upgrade insight: that is the caller’s to heed', () => {
    const world = worldWith({ addons: { coredns: 'v1.11.3-eksbuild.2' } });
    const { insights } = world.call('ListInsights', { clusterName: 'shop' });
    expect(insights?.some((each) => each.insightStatus?.status === 'ERROR')).toBe(true);
    expect(refusal(() => world.call('UpdateClusterVersion', { name: 'shop', version: '1.36' }))).toBe('none');
  });
});

describe('a target one minor lower', () => {
  test('is a VersionRollback within 7 days, which can be done once', () => {
    const world = worldWith({
      upgradedAt: days(-6),
      addons: {},
      nodegroups: [{ name: 'workers', version: '1.34' }],
    });
    const { update } = world.call('UpdateClusterVersion', { name: 'shop', version: '1.34' });
    expect(update?.type).toBe('VersionRollback');
    world.settle();
    expect(world.call('DescribeCluster', { name: 'shop' }).cluster?.version).toBe('1.34');
    expect(refusal(() => world.call('UpdateClusterVersion', { name: 'shop', version: '1.33' }))).toBe(
      'InvalidRequestException',
    );
  });

  test('passes red insights with force, but never the seven days', () => {
    const red = { addons: {}, nodegroups: [{ name: 'workers' }] };
    const fresh = worldWith({ ...red, upgradedAt: days(-1) });
    const input = { name: 'shop', version: '1.34', force: true };
    expect(refusal(() => fresh.call('UpdateClusterVersion', input))).toBe('none');
    const late = worldWith({ ...red, upgradedAt: days(-8) });
    expect(refusal(() => late.call('UpdateClusterVersion', input))).toBe('InvalidRequestException');
  });
});

describe('clientRequestToken', () => {
  const input = { name: 'shop', version: '1.36', clientRequestToken: 'token-1' };

  test('gives the same update again, which is logged as a replay', () => {
    const world = worldWith({});
    const first = world.call('UpdateClusterVersion', input);
    world.settle();
    const second = world.call('UpdateClusterVersion', input);
    expect(second.update?.id).toBe(first.update?.id);
    expect(second.update?.status).toBe('Successful');
    expect(world.state.mutations.map((each) => each.replay)).toEqual([false, true]);
  });

  test('with other parameters is refused', () => {
    const world = worldWith({});
    world.call('UpdateClusterVersion', input);
    expect(refusal(() => world.call('UpdateClusterVersion', { ...input, version: '1.37' }))).toBe(
      'InvalidParameterException',
    );
  });

  test('of a deleted cluster means nothing to the one recreated under its name', () => {
    const world = worldWith({});
    world.call('UpdateClusterVersion', input);
    world.fake.addActor({
      at: world.now().getTime() + 1000,
      account: testCaller.account,
      region: testCaller.region,
      do: 'recreate-cluster',
      cluster: 'shop',
      version: '1.35',
    });
    world.pass(1);
    expect(world.call('UpdateClusterVersion', input).update?.status).toBe('InProgress');
    expect(world.state.mutations.map((each) => each.replay)).toEqual([false, false]);
  });
});
