import { refusal, testDay, testWorld } from '../../../test/material/eks/world.ts';
import { addCluster, type ClusterSpecification } from '../add-cluster.ts';

const dayInMinutes = 24 * 60;

function worldWith(specification: Partial<ClusterSpecification>) {
  const world = testWorld((state) => {
    addCluster(state, { name: 'shop', version: '1.36', ...specification });
  });
  return {
    ...world,
    status(name: string): string | undefined {
      const { insights } = world.call('ListInsights', { clusterName: 'shop' });
      return insights?.find((insight) => insight.name === name)?.insightStatus?.status;
    },
    pass: (minutes: number) => world.pass(minutes),
    cluster: () => world.state.clusters['arn:aws:eks:eu-central-1:111111111111:cluster/shop'],
  };
}

test.each<[string, Partial<ClusterSpecification>, string, string]>([
  ['a kubelet one behind', { nodegroups: [{ name: 'a', version: '1.35' }] }, 'Kubelet version skew', 'PASSING'],
  ['a kubelet two behind', { nodegroups: [{ name: 'a', version: '1.34' }] }, 'Kubelet version skew', 'WARNING'],
  ['a kubelet three behind', { nodegroups: [{ name: 'a', version: '1.33' }] }, 'Kubelet version skew', 'ERROR'],
  [
    'a kube-proxy three behind',
    { addons: { 'kube-proxy': 'v1.33.10-eksbuild.13' } },
    'kube-proxy version skew',
    'ERROR',
  ],
  ['an add-on too old', { addons: { coredns: 'v1.12.4-eksbuild.10' } }, 'EKS add-on version compatibility', 'ERROR'],
  ['defaults', {}, 'EKS add-on version compatibility', 'PASSING'],
  ['no issues', {}, 'Cluster health issues', 'PASSING'],
])('%s', (_, specification, name, status) => {
  expect(worldWith(specification).status(name)).toBe(status);
});

test('an incompatible add-on comes with the versions that fit', () => {
  const world = worldWith({ addons: { coredns: 'v1.12.4-eksbuild.10' } });
  const { insights } = world.call('ListInsights', { clusterName: 'shop', filter: { statuses: ['ERROR'] } });
  const { insight } = world.call('DescribeInsight', { clusterName: 'shop', id: insights?.[0]?.id ?? '' });
  expect(insight?.categorySpecificSummary?.addonCompatibilityDetails).toEqual([
    { name: 'coredns', compatibleVersions: ['v1.14.1-eksbuild.4', 'v1.13.2-eksbuild.6'] },
  ]);
});

describe('a finding is as old as its refresh', () => {
  test('a day passes before a change shows by itself', () => {
    const world = worldWith({});
    expect(world.status('Cluster health issues')).toBe('PASSING');
    world.cluster()?.healthIssues.push({ code: 'Ec2SubnetNotFound' });
    world.pass(dayInMinutes - 1);
    expect(world.status('Cluster health issues')).toBe('PASSING');
    world.pass(1);
    expect(world.status('Cluster health issues')).toBe('ERROR');
  });

  test('a refresh shows it within minutes, one at a time', () => {
    const world = worldWith({});
    expect(world.status('Cluster health issues')).toBe('PASSING');
    world.cluster()?.healthIssues.push({ code: 'Ec2SubnetNotFound' });
    expect(world.call('StartInsightsRefresh', { clusterName: 'shop' }).status).toBe('IN_PROGRESS');
    expect(refusal(() => world.call('StartInsightsRefresh', { clusterName: 'shop' }))).toBe('InvalidRequestException');
    expect(world.status('Cluster health issues')).toBe('PASSING');
    world.pass(6);
    expect(world.call('DescribeInsightsRefresh', { clusterName: 'shop' }).status).toBe('COMPLETED');
    expect(world.status('Cluster health issues')).toBe('ERROR');
    expect(world.state.mutations).toEqual([]);
  });
});

describe('removed APIs', () => {
  const usage = {
    usage: '/apis/storage.k8s.io/v1beta1/volumeattributesclasses',
    replacedWith: '/apis/storage.k8s.io/v1/volumeattributesclasses',
    stopServingVersion: '1.37',
    startServingReplacementVersion: '1.34',
  };
  const check = 'Deprecated APIs removed in Kubernetes v1.37';

  function worldUsing(version: string, active: boolean) {
    const world = worldWith({ version });
    const client = { userAgent: 'tuner/1', requestsPerDay: 24, lastRequestTime: testDay.getTime(), active };
    world.cluster()?.insights.apiUsage.push({ ...usage, clients: [client] });
    return world;
  }

  test('are an error right before the removal and a warning earlier', () => {
    expect(worldUsing('1.36', true).status(check)).toBe('ERROR');
    expect(worldUsing('1.35', true).status(check)).toBe('WARNING');
  });

  test('name their clients', () => {
    const world = worldUsing('1.36', true);
    const { insights } = world.call('ListInsights', { clusterName: 'shop', filter: { statuses: ['ERROR'] } });
    const { insight } = world.call('DescribeInsight', { clusterName: 'shop', id: insights?.[0]?.id ?? '' });
    expect(insight?.categorySpecificSummary?.deprecationDetails?.[0]).toMatchObject({
      ...usage,
      clientStats: [{ userAgent: 'tuner/1', numberOfRequestsLast30Days: 720, lastRequestTime: expect.any(Date) }],
    });
  });

  test('stay for 30 days after the last request, whatever is refreshed', () => {
    const world = worldUsing('1.36', false);
    world.pass(29 * dayInMinutes);
    world.call('StartInsightsRefresh', { clusterName: 'shop' });
    world.pass(10);
    expect(world.status(check)).toBe('ERROR');
    world.pass(2 * dayInMinutes);
    expect(world.status(check)).toBe('PASSING');
  });
});

test('without its access entry EKS knows nothing: UNKNOWN, not a pass', () => {
  const world = worldWith({});
  const cluster = world.cluster();
  if (cluster !== undefined) cluster.insights.unavailable = true;
  const { insights } = world.call('ListInsights', { clusterName: 'shop' });
  expect(new Set(insights?.map((insight) => insight.insightStatus?.status))).toEqual(new Set(['UNKNOWN']));
});

test('rollback readiness exists only in the seven days after an upgrade', () => {
  const upgradedAt = new Date(testDay.getTime() - 6 * 86_400_000);
  const world = worldWith({ upgradedAt });
  const rollback = () =>
    world.call('ListInsights', { clusterName: 'shop', filter: { categories: ['ROLLBACK_READINESS'] } }).insights;
  expect(rollback()?.length).toBeGreaterThan(3);
  world.pass(2 * dayInMinutes);
  expect(rollback()).toEqual([]);
});
