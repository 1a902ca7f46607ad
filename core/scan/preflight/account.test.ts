import type { Cluster, Nodegroup } from '../../ports/eks.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import type { Problem } from '../judge/observation.ts';
import { keyUnusable } from './cluster-checks.ts';
import { imageGone, launchTemplateGone } from './launched-from.ts';
import type { CapacityFacts, PreflightCheck, PreflightFacts } from './preflight-check.ts';
import { roleGone, roleUntrusted } from './role-checks.ts';
import { quotaOf, vcpuQuota } from './vcpu-quota.ts';

const KEY = 'arn:aws:kms:eu-central-1:111111111111:key/1';
const group = (more: Partial<Nodegroup> = {}): Nodegroup => ({
  ...{ nodegroupName: 'a', clusterName: 'web', version: '1.36', status: 'ACTIVE', nodeRole: 'role/nodes' },
  ...{ launchTemplate: { id: 'lt-1', name: 'a', version: '3' } },
  ...more,
});
const arn = 'arn:aws:eks:eu-central-1:111111111111:cluster/web';
const cluster = { name: 'web', arn, roleArn: 'role/web', encryptionConfig: [{ provider: { keyArn: KEY } }] };

function found(check: PreflightCheck, capacity: CapacityFacts, more: Partial<PreflightFacts> = {}): string[] {
  const facts: PreflightFacts = {
    cluster: cluster as unknown as Cluster,
    ...{ target: KubeVersion.parse('1.37'), isHop: true, hasMoved: false, now: new Date('2026-11-20T12:00:00Z') },
    ...{ nodegroups: [group()], addons: [], versions: [], capacity },
    ...more,
  };
  expect(check.observe({ ...facts, hasMoved: true })).toEqual([]);
  expect(check.observe({ ...facts, capacity: {} })).toEqual([]);
  const problems = check.observe(facts) as Problem[];
  return problems.map(({ severity, subject, message }) => `${severity} ${subject.kind}: ${message}`);
}

const version3 = { template: 'lt-1', version: '3' };

test.each<[string, CapacityFacts, Partial<Nodegroup>, number]>([
  ['is there', { launchTemplates: [version3] }, {}, 0],
  ['is there in another version', { launchTemplates: [{ ...version3, version: '4' }] }, {}, 1],
  ['is another', { launchTemplates: [{ ...version3, template: 'lt-2' }] }, {}, 1],
  ['is named by name and default version', { launchTemplates: [{ template: 'a', version: '$Default' }] }, byName(), 0],
  ['is not named', { launchTemplates: [] }, { launchTemplate: {} }, 0],
])('a launch template that %s', (_, capacity, more, count) => {
  expect(found(launchTemplateGone, capacity, { nodegroups: [group(more)] })).toHaveLength(count);
});

function byName(): Partial<Nodegroup> {
  return { launchTemplate: { name: 'a' } };
}

test('a version of a launch template that is gone is named, with what it means', () => {
  expect(found(launchTemplateGone, { launchTemplates: [] })).toEqual([
    'error Nodegroup: The node group a launches nodes from version 3 of the launch template lt-1, which does not exist any more: no new node of it comes up.',
  ]);
});

const withImage = (images: CapacityFacts['images'], imageId = 'ami-1'): CapacityFacts => ({
  launchTemplates: [{ ...version3, imageId }],
  ...(images !== undefined && { images }),
});
const FROM = 'Nodegroup: The node group a launches nodes from the AMI ami-1, and';
const image = (deprecationTime?: string, state = 'available') => ({
  ...{ imageId: 'ami-1', state },
  ...(deprecationTime !== undefined && { deprecationTime }),
});

test.each<[string, CapacityFacts, string[]]>([
  ['is there', withImage([image()]), []],
  ['will be deprecated', withImage([image('2026-11-20T12:00:01.000Z')]), []],
  [
    'is deprecated',
    withImage([image('2026-11-20T12:00:00.000Z')]),
    [`warning ${FROM} its owner has deprecated it since 2026-11-20T12:00:00.000Z, and may take it away.`],
  ],
  [
    'is gone',
    withImage([{ ...image(), imageId: 'ami-2' }]),
    [`error ${FROM} EC2 has none that this account may launch: no new node of the group comes up.`],
  ],
  [
    'has failed',
    withImage([image('2020-01-01T00:00:00.000Z', 'failed')]),
    [`error ${FROM} EC2 says that it is failed: no new node of the group comes up.`],
  ],
  ['is a parameter', withImage([], 'resolve:ssm:/golden'), []],
  ['is not known, since the template is not', { images: [] }, []],
  ['is chosen by EKS', { images: [], launchTemplates: [version3] }, []],
])('an AMI that %s', (_, capacity, told) => {
  expect(found(imageGone, capacity)).toEqual(told);
});

test('roles that are gone are named with who has them', () => {
  expect(found(roleGone, { roles: [{ arn: 'role/web' }, { arn: 'role/nodes' }] })).toEqual([]);
  expect(found(roleGone, { roles: [] })).toEqual([
    'error Cluster: The cluster has the role role/web, which does not exist any more: an upgrade needs it.',
    'error Nodegroup: The node group a has the role role/nodes, which does not exist any more: every new node needs it.',
  ]);
  const unnamed = { cluster: { name: 'web' } as Cluster, nodegroups: [] };
  expect(found(roleGone, { roles: [] }, unnamed)).toEqual([]);
});

const trust = (Principal: unknown, more: object = {}) =>
  JSON.stringify({ Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole', ...more }] });
test.each<[string, string | undefined, boolean]>([
  ['names the service', trust({ Service: 'eks.amazonaws.com' }), true],
  ['names it among others, of another partition', trust({ Service: ['a', 'eks.amazonaws.com.cn'] }), true],
  [
    'names it in a second statement',
    `{"Statement":[{"Effect":"Deny"},${trust({ Service: 'eks.amazonaws.com' }).slice(14, -2)}]}`,
    true,
  ],
  ['allows every action of STS', trust({ Service: 'eks.amazonaws.com' }, { Action: ['sts:*'] }), true],
  ['allows what begins so', trust({ Service: 'eks.amazonaws.com' }, { Action: 'sts:Assume*' }), true],
  ['names it with the suffix of another partition', trust({ Service: 'eks.c2s.ic.gov' }), true],
  ['lets every account assume it', trust({ AWS: '*' }), true],
  ['lets everybody assume it', trust('*'), true],
  ['is written by what it leaves out', trust(undefined, { NotPrincipal: {} }), true],
  ['is no JSON', '{', true],
  ['has no statement that anybody knows', '{"Statement":"x"}', true],
  ['was not read', undefined, true],
  ['names another service', trust({ Service: 'ec2.amazonaws.com' }), false],
  ['names a service whose name only begins so', trust({ Service: 'eks-nodegroup.amazonaws.com' }), false],
  ['names an account', trust({ AWS: 'arn:aws:iam::111111111111:root' }), false],
  ['denies it', trust({ Service: 'eks.amazonaws.com' }, { Effect: 'Deny' }), false],
  ['allows something else', trust({ Service: 'eks.amazonaws.com' }, { Action: 'sts:TagSession' }), false],
])('a trust policy that %s', (_, trustPolicy, isTrusted) => {
  const nodes = { arn: 'role/nodes', trustPolicy: trust({ Service: 'ec2.amazonaws.com' }) };
  const roles = [{ arn: 'role/web', ...(trustPolicy !== undefined && { trustPolicy }) }, nodes];
  const said =
    'error Cluster: The cluster has the role role/web, whose trust policy does not let eks.amazonaws.com assume it: an upgrade needs that.';
  expect(found(roleUntrusted, { roles })).toEqual(isTrusted ? [] : [said]);
});

test('nodes are launched as a role that EC2 may assume, and a role that is gone is told as that alone', () => {
  const roles = [{ arn: 'role/nodes', trustPolicy: trust({ Service: 'eks.amazonaws.com' }) }];
  expect(found(roleUntrusted, { roles })).toEqual([
    'error Nodegroup: The node group a has the role role/nodes, whose trust policy does not let ec2.amazonaws.com assume it: every new node needs that.',
  ]);
});

test('in China the trust policy of nodes is told the name that EC2 has there', () => {
  const there = { ...cluster, arn: 'arn:aws-cn:eks:cn-north-1:111111111111:cluster/web' } as unknown as Cluster;
  const told = (Service: string | readonly string[]) =>
    found(roleUntrusted, { roles: [{ arn: 'role/nodes', trustPolicy: trust({ Service }) }] }, { cluster: there });
  expect(told('eks.amazonaws.com')).toEqual([expect.stringContaining('does not let ec2.amazonaws.com.cn assume it')]);
  expect(told('ec2.amazonaws.com')).toEqual([
    'warning Nodegroup: The node group a has the role role/nodes, whose trust policy names EC2, and not as ec2.amazonaws.com.cn: in China EKS takes no role for nodes without that name.',
  ]);
  expect(told(['ec2.amazonaws.com', 'ec2.amazonaws.com.cn'])).toEqual([]);
});

const fixOf = (capacity: CapacityFacts) => {
  const facts = { cluster, capacity, hasMoved: false } as unknown as PreflightFacts;
  return keyUnusable.observe(facts).map((one) => (one as Problem).fix);
};
const keys = (keyState: string): CapacityFacts => ({ keys: [{ keyId: KEY, keyState }] });

test.each([
  ['Enabled', []],
  ['Updating', []],
  ['Disabled', [`aws kms enable-key --region eu-central-1 --key-id ${KEY}`]],
  [
    'PendingDeletion',
    [
      `aws kms cancel-key-deletion --region eu-central-1 --key-id ${KEY}, then aws kms enable-key --region eu-central-1 --key-id ${KEY}`,
    ],
  ],
  ['Unavailable', [`aws kms enable-key --region eu-central-1 --key-id ${KEY}`]],
])('a key that is %s', (state, fixes) => {
  expect(fixOf(keys(state))).toEqual(fixes);
  expect(found(keyUnusable, keys(state))).toEqual(
    fixes.map(
      () =>
        `error Cluster: The secrets of the cluster are encrypted with the key ${KEY}, which is ${state}: no API server can read them without it.`,
    ),
  );
});

test('a key that is gone cannot be brought back; a cluster without one needs none', () => {
  expect(found(keyUnusable, { keys: [] })).toEqual([expect.stringContaining('does not exist any more')]);
  expect(fixOf({ keys: [] })).toEqual([expect.stringContaining('create another cluster')]);
  expect(found(keyUnusable, { keys: [] }, { cluster: { name: 'web' } as Cluster })).toEqual([]);
});

const STANDARD = 'L-1216C47A';
const types = (...named: [instanceType: string, vcpus: number][]) => ({
  instanceTypes: named.map(([instanceType, vcpus]) => ({ instanceType, vcpus, ipv4AddressesPerInterface: 10 })),
});
const zones = ['a', 'b'].map((zone) => ({ subnetId: zone, availabilityZone: zone, availableIpAddressCount: 9 }));
const quotas = (value: number, used?: number, quotaCode = STANDARD): CapacityFacts => ({
  ...{ ...types(['m5.large', 2], ['m5.xlarge', 4], ['g5.xlarge', 4]), subnets: zones },
  quotas: [{ quotaCode, value, ...(used !== undefined && { used }) }],
});
const large = { instanceTypes: ['m5.large'], subnets: ['a', 'b'], scalingConfig: { desiredSize: 3 } };
const both = { ...large, instanceTypes: ['m5.large', 'm5.xlarge'] };

const withType: CapacityFacts = { launchTemplates: [{ template: 'lt-1', version: '3', instanceType: 'm5.large' }] };

// Two zones: four new nodes.
test.each<[string, CapacityFacts, Partial<Nodegroup>, string[]]>([
  ['as much is left as they take', quotas(20, 12), large, []],
  ['one vCPU less is left', quotas(19, 12), large, ['error']],
  ['the largest type may take all that is left', quotas(28, 12), both, []],
  ['the largest type may take more than is left', quotas(27, 12), both, ['warning']],
  ['the smallest type takes more than is left', quotas(19, 12), both, ['error']],
  ['nobody knows how much is used', quotas(20), large, ['info']],
  ['the whole quota is too small, whatever is used', quotas(7), large, ['error']],
  ['other families are used', quotas(0, 0), { ...large, instanceTypes: ['g5.xlarge'] }, ['info']],
  ['the quota of G is too small', quotas(15, 0, 'L-DB2E81BA'), { ...large, instanceTypes: ['g5.xlarge'] }, ['error']],
  ['the quota of G has room', quotas(16, 0, 'L-DB2E81BA'), { ...large, instanceTypes: ['g5.xlarge'] }, []],
  [
    'families of two quotas are used',
    quotas(0, 0, 'L-DB2E81BA'),
    { ...large, instanceTypes: ['g5.xlarge', 'm5.large'] },
    ['info'],
  ],
  [
    'inf is not the family i',
    { ...quotas(0, 0), ...types(['inf2.xlarge', 4]) },
    { ...large, instanceTypes: ['inf2.xlarge'] },
    ['info'],
  ],
  ['Spot is wanted and only On-Demand known', quotas(0, 0), { ...large, capacityType: 'SPOT' }, ['info']],
  ['the quota of Spot is too small', quotas(7, 0, 'L-34B43A08'), { ...large, capacityType: 'SPOT' }, ['error']],
  ['a block of capacity was reserved', quotas(0, 0), { ...large, capacityType: 'CAPACITY_BLOCK' }, ['info']],
  ['the launch template says the type', { ...quotas(7, 0), ...withType }, { ...large, instanceTypes: [] }, ['error']],
  ['nobody says the type', quotas(0, 0), { ...large, instanceTypes: [] }, []],
  ['EC2 does not know the type', quotas(0, 0), { ...large, instanceTypes: ['m5.large', 'm9.huge'] }, []],
  ['the group is at the target', quotas(0, 0), { ...large, version: '1.37' }, []],
  ['MINIMAL brings no new nodes', quotas(0, 0), { ...large, updateConfig: { updateStrategy: 'MINIMAL' } }, []],
])('of the vCPUs for new nodes, where %s', (_, capacity, more, severities) => {
  const told = found(vcpuQuota, capacity, { nodegroups: [group(more)] });
  expect(told.map((one) => one.split(' ')[0])).toEqual(severities);
});

test('groups roll one after the other, so that each has the whole rest; what is not proved is said so', () => {
  const nodegroups = ['a', 'b'].map((nodegroupName) => group({ ...large, nodegroupName }));
  expect(found(vcpuQuota, quotas(8, 0), { nodegroups })).toEqual([]);
  expect(found(vcpuQuota, quotas(9, 2), { nodegroups })[1]).toBe(
    `error Nodegroup: The roll of the node group b begins with 4 new nodes, of 8 vCPUs together; the quota ${STANDARD} is 9, and 2 are used.`,
  );
  expect(found(vcpuQuota, quotas(27, 12), { nodegroups: [group(both)] })).toEqual([
    `warning Nodegroup: The roll of the node group a begins with 4 new nodes, of 8 to 16 vCPUs together; the quota ${STANDARD} is 27, and 12 are used, so capacity is not proved.`,
  ]);
  expect(found(vcpuQuota, quotas(20), { nodegroups: [group(large)] })[0]).toMatch(
    /is 20, and how much of it is used is not known, so capacity is not proved\.$/,
  );
  expect(found(vcpuQuota, { ...quotas(0), quotas: [] }, { nodegroups: [group(large)] })[0]).toMatch(
    /the quota of its instances was not read, so capacity is not proved\.$/,
  );
});

test.each([
  ['m5.large', 'ON_DEMAND', 'L-1216C47A'],
  ['im4gn.large', 'SPOT', 'L-34B43A08'],
  ['gr6.4xlarge', 'ON_DEMAND', 'L-DB2E81BA'],
  ['vt1.3xlarge', 'SPOT', 'L-3819A6DF'],
  ['p5.48xlarge', 'ON_DEMAND', 'L-417A185B'],
  ['p4d.24xlarge', 'SPOT', 'L-7212CCBC'],
  // Newer families have another quota for Spot.
  ['p5.48xlarge', 'SPOT', undefined],
  ['x2gd.medium', 'ON_DEMAND', 'L-7295265B'],
  ['inf2.xlarge', 'ON_DEMAND', 'L-1945791B'],
  ['trn1.2xlarge', 'ON_DEMAND', 'L-2C3B7624'],
  ['dl1.24xlarge', 'ON_DEMAND', 'L-6E869C2A'],
  ['f1.2xlarge', 'ON_DEMAND', 'L-74FC7D96'],
  ['f1.2xlarge', 'SPOT', undefined],
  ['u-6tb1.metal', 'ON_DEMAND', undefined],
  ['m5.large', 'CAPACITY_BLOCK', undefined],
] as const)('%s counts, as %s, to the quota %s', (instanceType, capacityType, code) => {
  expect(quotaOf(group({ instanceTypes: [instanceType], capacityType }), undefined)).toBe(code);
});
