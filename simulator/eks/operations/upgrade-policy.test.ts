import { refusal, testWorld } from '../../../test/material/eks/world.ts';
import { addCluster, type ClusterSpecification } from '../add-cluster.ts';

const standard = { name: 'shop', upgradePolicy: { supportType: 'STANDARD' } } as const;
const extended = { name: 'shop', upgradePolicy: { supportType: 'EXTENDED' } } as const;

function worldWith(specification: Partial<ClusterSpecification>) {
  return testWorld((state) => {
    addCluster(state, { name: 'shop', version: '1.36', ...specification });
  });
}

test.each<[string, Partial<ClusterSpecification>, typeof standard | typeof extended, string]>([
  ['leaving extended support', { version: '1.33' }, standard, 'InvalidRequestException'],
  ['the policy it has', {}, extended, 'InvalidParameterException'],
])('UpdateClusterConfig refuses %s', (_, specification, input, error) => {
  expect(refusal(() => worldWith(specification).call('UpdateClusterConfig', input))).toBe(error);
});

test('a change of the policy takes the one slot of the control plane', () => {
  const world = worldWith({});
  const { update } = world.call('UpdateClusterConfig', standard);
  expect(update?.type).toBe('UpgradePolicyUpdate');
  expect(refusal(() => world.call('UpdateClusterVersion', { name: 'shop', version: '1.37' }))).toBe(
    'ResourceInUseException',
  );
  world.settle();
  expect(world.call('DescribeCluster', { name: 'shop' }).cluster?.upgradePolicy?.supportType).toBe('STANDARD');
});

test('settings that are not modelled are a loud error, not an answer', () => {
  const world = worldWith({});
  expect(refusal(() => world.call('UpdateClusterConfig', { name: 'shop', logging: {} }))).toBe('UnmodelledOperation');
});
