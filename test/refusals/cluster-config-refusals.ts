import { inUse, invalidParameter, invalidRequest, notFound, type Refusal, shop } from './refusal.ts';

const operation = 'UpdateClusterConfig' as const;
const standard = { name: 'shop', upgradePolicy: { supportType: 'STANDARD' } } as const;
const subject = { clusterName: 'shop' };

export const clusterConfigRefusals: readonly Refusal[] = [
  {
    name: 'to leave extended support',
    source: '§1.3',
    world: shop({ version: '1.33' }),
    operation,
    input: standard,
    ...invalidRequest,
    message: /^Extended support cannot be disabled for cluster shop: version 1\.33 is in extended support$/,
    subject,
  },
  {
    name: 'the upgrade policy it has',
    source: '§1.3; aws-controllers-k8s/community#1855 for another setting',
    world: shop({ supportType: 'STANDARD' }),
    operation,
    input: standard,
    ...invalidParameter,
    message: /^Cluster is already at the desired configuration with supportType: STANDARD$/,
    subject,
  },
  {
    name: 'an unknown upgrade policy',
    source: '§1.3',
    world: shop(),
    operation,
    input: { name: 'shop', upgradePolicy: { supportType: 'FOREVER' } },
    ...invalidParameter,
    message: /^upgradePolicy\.supportType FOREVER is not one of \[STANDARD, EXTENDED\]$/,
    alike: true,
  },
  {
    name: 'a change of nothing',
    source: 'aws-controllers-k8s/community#2995',
    world: shop(),
    operation,
    input: { name: 'shop' },
    ...invalidParameter,
    message: /^The type for cluster update was not provided\.$/,
  },
  {
    name: 'two kinds of change at once',
    source: 'kubernetes-sigs/cluster-api-provider-aws#3553',
    world: shop(),
    operation,
    input: { ...standard, resourcesVpcConfig: { endpointPrivateAccess: true } },
    ...invalidParameter,
    message: /^Only one type of update can be allowed\.$/,
  },
  {
    name: 'a change of the upgrade policy during an upgrade',
    source: '§1.3; aws/aws-cdk#33452 for another setting',
    world: shop({}, (world) => world.call('UpdateClusterVersion', { name: 'shop', version: '1.36' })),
    operation,
    input: standard,
    ...inUse,
    message: /^Cannot UpgradePolicyUpdate because cluster shop currently has update [0-9a-f-]{36} in progress$/,
    subject,
  },
  {
    name: 'a change of the upgrade policy of a cluster that is being created',
    source: '§2.2',
    world: shop({}, (_, cluster) => {
      cluster.status = 'CREATING';
    }),
    operation,
    input: standard,
    ...invalidRequest,
    message: /is not in ACTIVE status, it is CREATING$/,
    alike: true,
  },
  {
    name: 'a change of the upgrade policy of a cluster that is only connected',
    source: '§6',
    world: shop({}, (_, cluster) => {
      cluster.description.connectorConfig = { provider: 'OTHER' };
    }),
    operation,
    input: standard,
    ...invalidRequest,
    message: /is connected, not managed by Amazon EKS$/,
    alike: true,
  },
  {
    name: 'a token of another change of the upgrade policy',
    source: '§2.4',
    world: shop({}, (world) => {
      world.call(operation, { ...standard, clientRequestToken: 'first' });
      world.settle();
    }),
    operation,
    input: { name: 'shop', upgradePolicy: { supportType: 'EXTENDED' }, clientRequestToken: 'first' },
    ...invalidParameter,
    message: /^clientRequestToken first was already used with different parameters$/,
    alike: true,
  },
  {
    name: 'a change of the upgrade policy of an unknown cluster',
    source: '§2.2',
    world: shop(),
    operation,
    input: { ...standard, name: 'none' },
    ...notFound,
    message: /^No cluster found for name: none\.$/,
    alike: true,
  },
];
