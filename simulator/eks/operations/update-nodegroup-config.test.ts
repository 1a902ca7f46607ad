import { refusal, testWorld } from '../../../test/material/eks/world.ts';
import { addCluster } from '../add-cluster.ts';

const subject = { clusterName: 'shop', nodegroupName: 'workers' };

function world() {
  return testWorld((state) => {
    addCluster(state, { name: 'shop', version: '1.36', nodegroups: [{ name: 'workers', nodes: 2 }] });
  });
}

test.each<[string, object]>([
  ['a size below the minimum', { scalingConfig: { desiredSize: 0 } }],
  ['a minimum above the maximum', { scalingConfig: { minSize: 9 } }],
  ['both forms of maxUnavailable', { updateConfig: { maxUnavailable: 1, maxUnavailablePercentage: 10 } }],
  ['maxUnavailable 0', { updateConfig: { maxUnavailable: 0 } }],
  ['maxUnavailable 101', { updateConfig: { maxUnavailable: 101 } }],
])('UpdateNodegroupConfig refuses %s', (_, input) => {
  const each = world();
  expect(refusal(() => each.call('UpdateNodegroupConfig', { ...subject, ...input }))).toBe('InvalidParameterException');
});

test('a new size changes the nodes; labels and limits are taken over', () => {
  const each = world();
  each.call('UpdateNodegroupConfig', {
    ...subject,
    scalingConfig: { minSize: 1, maxSize: 5, desiredSize: 4 },
    updateConfig: { maxUnavailable: 2 },
    labels: { addOrUpdateLabels: { tier: 'web' } },
  });
  each.settle();
  expect(Object.values(each.state.clusters)[0]?.kubernetes.nodes).toHaveLength(4);
  expect(each.call('DescribeNodegroup', subject).nodegroup).toMatchObject({
    status: 'ACTIVE',
    scalingConfig: { desiredSize: 4 },
    updateConfig: { maxUnavailable: 2 },
    labels: { tier: 'web' },
  });
});
