import { nodeOwner, type OwnerRef } from './node-owner.ts';

const INSTANCE = 'aws:///eu-central-1a/i-0abc';
const GROUP = 'eks.amazonaws.com/nodegroup';
const EKSCTL = 'alpha.eksctl.io/nodegroup-name';
const POOL = 'karpenter.sh/nodepool';
const compute = (type: string) => ({ 'eks.amazonaws.com/compute-type': type });

test.each<[string, Record<string, string>, string | undefined, OwnerRef]>([
  ['a managed group', { [GROUP]: 'workers' }, INSTANCE, { kind: 'managed', name: 'workers' }],
  ['one that eksctl made', { [GROUP]: 'w', [EKSCTL]: 'w' }, INSTANCE, { kind: 'managed', name: 'w' }],
  ['one that says it is of EC2', { [GROUP]: 'w', ...compute('ec2') }, INSTANCE, { kind: 'managed', name: 'w' }],
  ['a pool of Karpenter', { [POOL]: 'spot' }, INSTANCE, { kind: 'karpenter', name: 'spot' }],
  ['a pool of Auto Mode', { [POOL]: 'system', ...compute('auto') }, INSTANCE, { kind: 'autoMode', name: 'system' }],
  ['Auto Mode alone', compute('auto'), INSTANCE, { kind: 'autoMode' }],
  ['Fargate', compute('fargate'), `${INSTANCE}/fargate-ip-10-0-0-1`, { kind: 'fargate' }],
  ['hybrid machines', compute('hybrid'), 'eks-hybrid:///eu-central-1/web/mi-1', { kind: 'hybrid' }],
  ['a group of eksctl', { [EKSCTL]: 'own' }, INSTANCE, { kind: 'selfManaged', name: 'own' }],
  ['an instance without a label', {}, INSTANCE, { kind: 'selfManaged' }],
  ['an instance of another kind of compute', compute('ec2'), INSTANCE, { kind: 'selfManaged' }],
  ['something outside AWS', {}, 'vsphere://1', { kind: 'unknown' }],
  ['something that nobody has told', {}, undefined, { kind: 'unknown' }],
])('a node of %s', (_, labels, providerId, owner) => {
  expect(nodeOwner(labels, providerId)).toEqual(owner);
});
