import { testCaller, testWorld } from '../../../test/material/eks/world.ts';
import { addCluster } from '../add-cluster.ts';
import type { ClusterRecord } from '../state/fake-eks-state.ts';

const creation = {
  clusterName: 'shop',
  nodegroupName: 'new',
  subnets: ['subnet-1', 'subnet-2'],
  nodeRole: 'arn:aws:iam::111111111111:role/node',
  scalingConfig: { minSize: 1, maxSize: 4, desiredSize: 3 },
  labels: { tier: 'web' },
};

function world() {
  let cluster: ClusterRecord | undefined;
  const made = testWorld((state) => {
    cluster = addCluster(state, {
      name: 'shop',
      version: '1.35',
      nodegroups: [{ name: 'old', nodes: 2 }],
      workloads: [
        { kind: 'Deployment', namespace: 'shop', name: 'api', replicas: 3, labels: { app: 'api' }, image: 'api:1' },
      ],
    });
  });
  if (cluster === undefined) throw new Error('there is no cluster');
  const { kubernetes } = cluster;
  const group = (nodegroupName: string) =>
    made.call('DescribeNodegroup', { clusterName: 'shop', nodegroupName }).nodegroup;
  const nodesOf = (name: string) => kubernetes.nodes.filter(({ nodegroupName }) => nodegroupName === name);
  return { ...made, cluster, kubernetes, group, nodesOf };
}

test('a node group is CREATING until its nodes have joined, and then pods come to them', () => {
  const { call, pass, group, nodesOf } = world();
  const { nodegroup } = call('CreateNodegroup', creation);
  expect(nodegroup).toMatchObject({
    ...{ nodegroupName: 'new', status: 'CREATING', version: '1.35', amiType: 'AL2023_x86_64_STANDARD' },
    ...{ capacityType: 'ON_DEMAND', instanceTypes: ['t3.medium'], diskSize: 20, labels: { tier: 'web' } },
    updateConfig: { maxUnavailable: 1 },
  });
  expect(nodesOf('new')).toEqual([]);
  pass(2);
  expect(nodesOf('new')).toHaveLength(3);
  expect(group('new')?.status).toBe('CREATING');
  pass(5);
  expect(group('new')?.status).toBe('ACTIVE');
  expect(nodesOf('new')[0]).toMatchObject({
    kubeletVersion: expect.stringMatching(/^v1\.35\./),
    labels: { tier: 'web' },
  });
});

test('a repeated creation with its token is the same one', () => {
  const { call, cluster } = world();
  const input = { ...creation, clientRequestToken: 'a-token-of-at-least-thirty-three-characters' };
  const first = call('CreateNodegroup', input).nodegroup?.nodegroupArn;
  expect(call('CreateNodegroup', { ...input }).nodegroup?.nodegroupArn).toBe(first);
  expect(cluster.nodegroups).toHaveLength(2);
});

test('a node group that is deleted is drained, its pods go elsewhere, and it is gone', () => {
  const { call, pass, group, nodesOf, kubernetes } = world();
  call('CreateNodegroup', creation);
  pass(10);
  expect(call('DeleteNodegroup', { clusterName: 'shop', nodegroupName: 'old' }).nodegroup?.status).toBe('DELETING');
  expect(group('old')?.status).toBe('DELETING');
  pass(10);
  expect(() => group('old')).toThrow(expect.objectContaining({ name: 'ResourceNotFoundException' }));
  expect(nodesOf('old')).toEqual([]);
  expect(kubernetes.pods.filter(({ nodeName }) => nodeName === undefined)).toEqual([]);
  expect(call('ListNodegroups', { clusterName: 'shop' }).nodegroups).toEqual(['new']);
});

test('pods that their budget holds go with their node after some minutes', () => {
  const { call, pass, group, nodesOf, kubernetes } = world();
  kubernetes.podDisruptionBudgets.push({
    namespace: 'shop',
    name: 'api',
    matchLabels: { app: 'api' },
    maxUnavailable: 0,
  });
  call('DeleteNodegroup', { clusterName: 'shop', nodegroupName: 'old' });
  pass(3);
  expect(group('old')?.status).toBe('DELETING');
  expect(nodesOf('old').every(({ unschedulable }) => unschedulable)).toBe(true);
  expect(nodesOf('old').length).toBeGreaterThan(0);
  pass(5);
  expect(nodesOf('old')).toEqual([]);
  expect(kubernetes.pods.every(({ nodeName }) => nodeName === undefined)).toBe(true);
});

test('another group of the same name is another one, and the updates of the first are not its', () => {
  const { call, pass } = world();
  const old = { clusterName: 'shop', nodegroupName: 'old' };
  const { update } = call('UpdateNodegroupConfig', { ...old, scalingConfig: { desiredSize: 1 } });
  pass(10);
  call('DeleteNodegroup', old);
  pass(10);
  call('CreateNodegroup', { ...creation, nodegroupName: 'old' });
  expect(call('ListUpdates', { name: 'shop', nodegroupName: 'old' }).updateIds).toEqual([]);
  expect(() => call('DescribeUpdate', { name: 'shop', nodegroupName: 'old', updateId: update?.id ?? '' })).toThrow();
});

test('both are written down as mutations of who asked', () => {
  const { call, state } = world();
  call('CreateNodegroup', creation);
  call('DeleteNodegroup', { clusterName: 'shop', nodegroupName: 'new' });
  expect(state.mutations.map(({ operation, principal }) => [operation, principal])).toEqual([
    ['CreateNodegroup', testCaller.principal],
    ['DeleteNodegroup', testCaller.principal],
  ]);
});
