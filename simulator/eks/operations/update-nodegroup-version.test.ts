import { refusal, testDay, testWorld } from '../../../test/material/eks/world.ts';
import { addCluster, type ClusterSpecification, type NodegroupSpecification } from '../add-cluster.ts';
import { updateTimeline } from '../log/timeline.ts';

const blockingBudget = {
  workloads: [
    { kind: 'Deployment', namespace: 'shop', name: 'api', replicas: 2, labels: { app: 'api' }, image: 'api:1' },
  ],
  podDisruptionBudgets: [{ namespace: 'shop', name: 'api', matchLabels: { app: 'api' }, minAvailable: 2 }],
} satisfies Partial<ClusterSpecification>;

function worldWith(nodegroup: Partial<NodegroupSpecification>, cluster: Partial<ClusterSpecification> = {}) {
  return testWorld((state) => {
    addCluster(state, {
      name: 'shop',
      version: '1.36',
      nodegroups: [{ name: 'workers', version: '1.35', nodes: 3, ...nodegroup }],
      ...cluster,
    });
  });
}

const subject = { clusterName: 'shop', nodegroupName: 'workers' };

describe('UpdateNodegroupVersion refuses', () => {
  const template = { id: 'lt-1', version: '1' };
  test.each<[string, Partial<NodegroupSpecification>, object, string]>([
    ['a version newer than the cluster', {}, { version: '1.37' }, 'InvalidParameterException'],
    [
      'a version between its own and the cluster’s',
      { version: '1.34' },
      { version: '1.35' },
      'InvalidParameterException',
    ],
    ['an older version outside a rollback', {}, { version: '1.34' }, 'InvalidParameterException'],
    ['words', {}, { version: 'newest' }, 'InvalidParameterException'],
    ['AL2 beyond 1.32', { amiType: 'AL2_x86_64', version: '1.32' }, { version: '1.36' }, 'InvalidParameterException'],
    ['AL2 GPU beyond 1.32', { amiType: 'AL2_x86_64_GPU' }, { version: '1.36' }, 'InvalidParameterException'],
    [
      'a release of another minor',
      {},
      { version: '1.36', releaseVersion: '1.35.3-20261112' },
      'InvalidParameterException',
    ],
    [
      'a version for a custom AMI',
      { amiType: 'CUSTOM', launchTemplate: template },
      { version: '1.36', launchTemplate: { id: 'lt-1', version: '2' } },
      'InvalidParameterException',
    ],
    [
      'a release version for a custom AMI',
      { amiType: 'CUSTOM', launchTemplate: template },
      { releaseVersion: 'ami-1', launchTemplate: { id: 'lt-1', version: '2' } },
      'InvalidParameterException',
    ],
    [
      'a custom AMI without a launch template version',
      { amiType: 'CUSTOM', launchTemplate: template },
      {},
      'InvalidParameterException',
    ],
    ['a launch template for a group without one', {}, { launchTemplate: template }, 'InvalidParameterException'],
    [
      'another launch template',
      { launchTemplate: template },
      { launchTemplate: { id: 'lt-2', version: '1' } },
      'InvalidParameterException',
    ],
    [
      'a launch template by id and name at once',
      { launchTemplate: template },
      { launchTemplate: { id: 'lt-1', name: 'workers', version: '1' } },
      'InvalidParameterException',
    ],
    ['an unknown node group', { name: 'others' }, { version: '1.36' }, 'ResourceNotFoundException'],
  ])('%s', (_, nodegroup, input, error) => {
    const world = worldWith(nodegroup);
    expect(refusal(() => world.call('UpdateNodegroupVersion', { ...subject, ...input }))).toBe(error);
  });

  test.each([['lt-1:1'], ['lt-1']])('a launch template that is gone: %s', (gone) => {
    const world = worldWith({ launchTemplate: template });
    world.state.goneResources = [gone];
    const refused = (input: object) => refusal(() => world.call('UpdateNodegroupVersion', { ...subject, ...input }));
    expect(refused({ version: '1.36' })).toBe('InvalidParameterException');
    const another = { version: '1.36', launchTemplate: { id: 'lt-1', version: '2' } };
    expect(refused(another)).toBe(gone === 'lt-1' ? 'InvalidParameterException' : 'none');
  });

  test('a second update of the same group, while another group may go on', () => {
    const world = worldWith(
      {},
      {
        nodegroups: [
          { name: 'workers', version: '1.35' },
          { name: 'others', version: '1.35' },
        ],
      },
    );
    world.call('UpdateNodegroupVersion', { ...subject, version: '1.36' });
    expect(refusal(() => world.call('UpdateNodegroupVersion', { ...subject, version: '1.36' }))).toBe(
      'ResourceInUseException',
    );
    const other = { ...subject, nodegroupName: 'others', version: '1.36' };
    expect(refusal(() => world.call('UpdateNodegroupVersion', other))).toBe('none');
  });

  test('a cluster whose control plane is being upgraded', () => {
    const world = worldWith({});
    world.call('UpdateClusterVersion', { name: 'shop', version: '1.37' });
    world.pass(1);
    expect(refusal(() => world.call('UpdateNodegroupVersion', { ...subject, version: '1.36' }))).toBe(
      'InvalidRequestException',
    );
  });
});

describe('a roll', () => {
  test('replaces every node, keeps the number of nodes and says so only at its end', () => {
    const world = worldWith({});
    const cluster = world.state.clusters['arn:aws:eks:eu-central-1:111111111111:cluster/shop'];
    const before = cluster?.kubernetes.nodes.map((node) => node.name) ?? [];
    world.call('UpdateNodegroupVersion', { ...subject, version: '1.36' });
    world.pass(5);
    const during = world.call('DescribeNodegroup', subject).nodegroup;
    expect(during).toMatchObject({ status: 'UPDATING', version: '1.35' });
    expect(cluster?.kubernetes.nodes.length).toBeGreaterThan(3);
    world.settle();
    const after = cluster?.kubernetes.nodes ?? [];
    expect(after).toHaveLength(3);
    expect(after.some((node) => before.includes(node.name))).toBe(false);
    expect(after.every((node) => node.kubeletVersion.startsWith('v1.36.') && !node.unschedulable)).toBe(true);
    expect(world.call('DescribeNodegroup', subject).nodegroup).toMatchObject({
      status: 'ACTIVE',
      version: '1.36',
      health: { issues: [] },
    });
  });

  test('fails after 15 minutes at a budget that allows no disruption, and leaves mixed nodes', () => {
    const world = worldWith({ nodes: 4 }, blockingBudget);
    const { update } = world.call('UpdateNodegroupVersion', { ...subject, version: '1.36' });
    world.settle();
    const described = world.call('DescribeUpdate', {
      name: 'shop',
      nodegroupName: 'workers',
      updateId: update?.id ?? '',
    }).update;
    expect(described).toMatchObject({ status: 'Failed', errors: [{ errorCode: 'PodEvictionFailure' }] });
    const nodes = Object.values(world.state.clusters)[0]?.kubernetes.nodes ?? [];
    expect(new Set(nodes.map((node) => node.kubeletVersion.slice(0, 5)))).toEqual(new Set(['v1.35', 'v1.36']));
    expect(nodes.some((node) => node.unschedulable)).toBe(false);
    expect(world.call('DescribeNodegroup', subject).nodegroup).toMatchObject({
      status: 'ACTIVE',
      version: '1.35',
      health: { issues: [{ code: 'PodEvictionFailure' }] },
    });
  });

  test('gives a blocked node 15 minutes, not more', () => {
    const world = worldWith({ nodes: 1 }, blockingBudget);
    world.call('UpdateNodegroupVersion', { ...subject, version: '1.36' });
    world.settle();
    const [update] = updateTimeline(world.state);
    const minutes = ((update?.endedAt ?? 0) - (update?.createdAt ?? 0)) / 60_000;
    expect(update?.status).toBe('Failed');
    expect(minutes).toBeGreaterThan(15);
    expect(minutes).toBeLessThan(15 + 2 + 3 + 2);
  });

  test('does not replace again what an earlier, failed update has replaced', () => {
    const world = worldWith({ nodes: 4 }, blockingBudget);
    const nodes = () => Object.values(world.state.clusters)[0]?.kubernetes.nodes ?? [];
    world.call('UpdateNodegroupVersion', { ...subject, version: '1.36' });
    world.settle();
    const fresh = nodes().filter((node) => node.kubeletVersion.startsWith('v1.36.'));
    world.call('UpdateNodegroupVersion', { ...subject, version: '1.36', force: true });
    world.pass(1);
    const roll = Object.values(world.state.clusters)[0]?.nodegroups[0]?.roll;
    expect(roll?.remaining.length).toBeGreaterThan(0);
    expect(fresh.some((node) => roll?.remaining.includes(node.name))).toBe(false);
  });

  test('whose new nodes do not join fails after 15 minutes with the old nodes in place', () => {
    const world = worldWith({});
    world.state.plannedFailures.push({
      clusterName: 'shop',
      nodegroupName: 'workers',
      type: 'VersionUpdate',
      errorCode: 'NodeCreationFailure',
      errorMessage: 'Instances failed to join the kubernetes cluster',
    });
    world.call('UpdateNodegroupVersion', { ...subject, version: '1.36' });
    world.pass(14);
    expect(world.call('DescribeNodegroup', subject).nodegroup?.status).toBe('UPDATING');
    world.pass(4);
    expect(world.call('DescribeNodegroup', subject).nodegroup).toMatchObject({
      status: 'DEGRADED',
      version: '1.35',
      health: { issues: [{ code: 'NodeCreationFailure' }] },
    });
  });

  test('goes on from mixed nodes when the budget is gone, and ignores it with force', () => {
    for (const force of [false, true]) {
      const world = worldWith({}, blockingBudget);
      world.call('UpdateNodegroupVersion', { ...subject, version: '1.36' });
      world.settle();
      if (!force) {
        world.fake.addActor({
          at: world.now().getTime(),
          account: '111111111111',
          region: 'eu-central-1',
          do: 'delete-pod-disruption-budget',
          cluster: 'shop',
          namespace: 'shop',
          name: 'api',
        });
        world.pass(1);
      }
      world.call('UpdateNodegroupVersion', { ...subject, version: '1.36', force });
      world.settle();
      const nodes = Object.values(world.state.clusters)[0]?.kubernetes.nodes ?? [];
      expect(nodes).toHaveLength(3);
      expect(nodes.every((node) => node.kubeletVersion.startsWith('v1.36.'))).toBe(true);
    }
  });

  test('waits for a budget that allows one disruption at a time', () => {
    const world = worldWith(
      {},
      {
        ...blockingBudget,
        podDisruptionBudgets: [{ namespace: 'shop', name: 'api', matchLabels: { app: 'api' }, minAvailable: 1 }],
      },
    );
    world.call('UpdateNodegroupVersion', { ...subject, version: '1.36' });
    world.settle();
    expect(world.call('DescribeNodegroup', subject).nodegroup?.version).toBe('1.36');
  });

  test('takes a custom AMI from the launch template, whose kubelet only the nodes tell', () => {
    const world = worldWith({ amiType: 'CUSTOM', launchTemplate: { id: 'lt-1', version: '1' } });
    world.state.launchTemplateKubelets['lt-1:2'] = 'v1.36.2-custom';
    world.call('UpdateNodegroupVersion', { ...subject, launchTemplate: { id: 'lt-1', version: '2' } });
    world.settle();
    const nodes = Object.values(world.state.clusters)[0]?.kubernetes.nodes ?? [];
    expect(nodes.every((node) => node.kubeletVersion === 'v1.36.2-custom')).toBe(true);
  });

  test('goes one minor back while the cluster itself could', () => {
    const upgradedAt = new Date(testDay.getTime() - 86_400_000);
    const world = worldWith({ version: '1.36' }, { upgradedAt });
    world.call('UpdateNodegroupVersion', { ...subject, version: '1.35' });
    world.settle();
    expect(world.call('DescribeNodegroup', subject).nodegroup?.version).toBe('1.35');
  });
});
