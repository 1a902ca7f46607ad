import { refusal, testDay, testWorld } from '../../../test/material/eks/world.ts';
import { addCluster, type ClusterSpecification } from '../add-cluster.ts';

const upgradedAt = new Date(testDay.getTime() - 86_400_000);

function worldWith(specification: Partial<ClusterSpecification> = {}) {
  const world = testWorld((state) => {
    addCluster(state, { name: 'shop', version: '1.36', autoModeNodes: 2, addons: {}, ...specification });
  });
  const nodes = () => Object.values(world.state.clusters)[0]?.kubernetes.nodes ?? [];
  return { world, nodes };
}

const rollback = { name: 'shop', version: '1.35', force: true };

test('nodes follow an upgrade by themselves', () => {
  const { world, nodes } = worldWith();
  world.call('UpdateClusterVersion', { name: 'shop', version: '1.37' });
  world.settle();
  expect(nodes().every((node) => node.kubeletVersion.startsWith('v1.36.'))).toBe(true);
  world.pass(120);
  expect(nodes().length).toBe(2);
  expect(nodes().every((node) => node.kubeletVersion.startsWith('v1.37.'))).toBe(true);
});

test('a rollback takes the nodes back first, while the cluster says ACTIVE', () => {
  const { world, nodes } = worldWith({ upgradedAt });
  const { update } = world.call('UpdateClusterVersion', { name: 'shop', version: '1.35' });
  world.pass(4);
  expect(world.call('DescribeCluster', { name: 'shop' }).cluster).toMatchObject({ status: 'ACTIVE', version: '1.36' });
  expect(world.call('DescribeUpdate', { name: 'shop', updateId: update?.id ?? '' }).update?.status).toBe('InProgress');
  world.settle();
  expect(world.call('DescribeCluster', { name: 'shop' }).cluster?.version).toBe('1.35');
  expect(nodes().every((node) => node.kubeletVersion.startsWith('v1.35.'))).toBe(true);
});

test.each([1, 2, 3, 5, 8])(
  'a rollback asked for %i min after an upgrade stops its drift: no node is newer than the control plane, and none stays cordoned',
  (minutes) => {
    const { world, nodes } = worldWith({ upgradedAt });
    world.call('UpdateClusterVersion', { name: 'shop', version: '1.37' });
    world.settle();
    world.pass(minutes);
    world.call('UpdateClusterVersion', { name: 'shop', version: '1.36', force: true });
    world.pass(120);
    expect(world.call('DescribeCluster', { name: 'shop' }).cluster?.version).toBe('1.36');
    const left = nodes().filter(
      ({ kubeletVersion, unschedulable }) => unschedulable || !kubeletVersion.startsWith('v1.36.'),
    );
    expect(left).toEqual([]);
  },
);

test('only its node phase can be cancelled; the nodes then converge to the version that stays', () => {
  const { world, nodes } = worldWith({ upgradedAt });
  const { update } = world.call('UpdateClusterVersion', rollback);
  const cancel = { name: 'shop', updateId: update?.id ?? '' };
  world.pass(4);
  expect(world.call('CancelUpdate', cancel).update).toMatchObject({
    status: 'Cancelled',
    cancellation: { status: 'Successful' },
  });
  world.pass(240);
  expect(world.call('DescribeCluster', { name: 'shop' }).cluster?.version).toBe('1.36');
  expect(nodes().every((node) => node.kubeletVersion.startsWith('v1.36.'))).toBe(true);
});

test('an upgrade cannot be cancelled', () => {
  const { world } = worldWith();
  const { update } = world.call('UpdateClusterVersion', { name: 'shop', version: '1.37' });
  expect(refusal(() => world.call('CancelUpdate', { name: 'shop', updateId: update?.id ?? '' }))).toBe(
    'InvalidRequestException',
  );
});

test('a rollback whose nodes may not be disrupted fails at its timeout and never touches the control plane', () => {
  const { world, nodes } = worldWith({ upgradedAt });
  for (const node of nodes()) node.doNotDisrupt = true;
  const { update } = world.call('UpdateClusterVersion', { ...rollback, rollbackConfig: { timeoutMinutes: 120 } });
  world.pass(119);
  expect(world.call('DescribeUpdate', { name: 'shop', updateId: update?.id ?? '' }).update?.status).toBe('InProgress');
  world.pass(10);
  expect(world.call('DescribeUpdate', { name: 'shop', updateId: update?.id ?? '' }).update?.status).toBe('Failed');
  expect(world.call('DescribeCluster', { name: 'shop' }).cluster?.version).toBe('1.36');
});
