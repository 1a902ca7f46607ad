import { MemoryTable } from '../../adapters/memory/table.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { NOON, policyConfig, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import { quietAccount, quietEc2 } from '../../test/material/steps/quiet-account.ts';
import type { AccountReader } from '../ports/account.ts';
import type { Ec2Reader } from '../ports/ec2.ts';
import { type ScanPorts, scanCluster } from './scan-cluster.ts';

const unasked = undefined as never;
const refusing = (name: string) => async (): Promise<never> => {
  throw Object.assign(new Error('You are not authorized to perform this operation.'), { name });
};
const refused = refusing('UnauthorizedOperation');

const network = { subnetIds: ['subnet-2', 'subnet-1'], securityGroupIds: ['sg-1'] };

/** A scan without the API server, of a cluster with two subnets and a security group; `calls` are the requests to its account. */
async function scanned(
  answers: Partial<Ec2Reader & AccountReader> = {},
  { skip = [] as string[], version = '1.36', group = {}, cluster = {}, policy = {}, kept = {} } = {},
) {
  const calls: string[] = [];
  const noted = <Reader extends object>(reader: Reader): Reader =>
    Object.fromEntries(
      Object.entries({ ...reader, ...answers }).map(([name, call]) => [
        name,
        (...[scope, ...args]: [object, ...string[]]) => {
          calls.push(`${name} ${args.join()}`);
          return (call as (...given: unknown[]) => unknown)(scope, ...args);
        },
      ]),
    ) as Reader;
  const base = policyWith({ name: 'p' });
  const scan = { failOn: 'removed', skip, versionOwner: 'warn' };
  const ports = await oneStep(new MemoryTable(), {
    eks: {
      cluster: { version, resourcesVpcConfig: network, ...cluster },
      more: {
        describeInsightsRefresh: async () => ({ status: 'COMPLETED', startedAt: NOON }),
        describeClusterVersions: async () => ['1.36', '1.37'].map((clusterVersion) => ({ clusterVersion })),
        listInsights: async () => [],
        listNodegroups: async () => ('nodegroupName' in group ? ['workers'] : []),
        describeNodegroup: async () => group as never,
      },
    },
    kept: {
      policy: policyConfig({ ...base, spec: { ...base.spec, verification: 'eks-api', scan, ...policy } as never }),
      upgrades: [upgrade(version === '1.37' ? { mutated: true } : {})],
      ...kept,
    },
  });
  const given: ScanPorts = {
    ...ports,
    ec2: noted(quietEc2),
    account: noted(quietAccount),
    clusters: unasked,
    gates: unasked,
    probe: unasked,
    readers: unasked,
  };
  const { status, reasons } = await scanCluster(given, stepInput({ targetVersion: '1.37' }));
  const told = reasons.filter(({ code }) =>
    ['ScanIncomplete', 'ScanFinding', 'Throttled', 'ProbeInconclusive'].includes(code),
  );
  return { calls, status, told: told.map(({ code, message }) => `${code}: ${message}`) };
}

test('a hop asks EC2 once for each kind of what the cluster names, and for nothing that it does not name', async () => {
  expect(await scanned()).toEqual({
    ...{ status: 'done', told: [] },
    calls: ['describeSubnets subnet-1,subnet-2', 'describeSecurityGroups sg-1'],
  });
});

test.each<[string, Partial<Ec2Reader & AccountReader>]>([
  ['EC2', { describeSubnets: refusing('RequestLimitExceeded') }],
  ['IAM', { getRole: refusing('Throttling') }],
])('a throttle of %s is waited for, and no gap of the scan', async (_, answers) => {
  const { status, told } = await scanned({ describeInstanceTypes, ...answers }, named);
  expect([status, told]).toEqual(['wait', [expect.stringMatching(/^Throttled: /)]]);
});

test('what may not be read leaves the scan incomplete, names the permission, and keeps the rest from nothing', async () => {
  const denied = await scanned({ describeSubnets: refused });
  expect(denied.status).toBe('blocked');
  expect(denied.told).toEqual([
    expect.stringMatching(
      /^ScanIncomplete: ec2:DescribeSubnets: UnauthorizedOperation: .* Grant it \(the stack of the spoke role\), or .*scan\.skip: \[capacity\]/,
    ),
  ]);
  expect(denied.calls).toHaveLength(2);
  const groups = await scanned({ describeSecurityGroups: refused });
  expect(groups.told).toEqual([expect.stringMatching(/^ScanIncomplete: ec2:DescribeSecurityGroups: /)]);
});

test('a policy may leave it out', async () => {
  expect(await scanned({ describeSubnets: refused }, { skip: ['capacity'] })).toEqual({
    ...{ status: 'done', told: [], calls: [] },
  });
});

test('a subnet that is gone stops the hop, and nobody asks once the control plane has moved', async () => {
  const gone = { describeSubnets: async () => [] };
  const { status, told } = await scanned(gone);
  expect([status, told[0]]).toEqual(['blocked', expect.stringContaining('the subnet subnet-1, which does not exist')]);
  expect(await scanned(gone, { version: '1.37' })).toEqual({ status: 'done', told: [], calls: [] });
});

test('a roll whose new nodes have no addresses stops the hop before its control plane moves', async () => {
  const group = { nodegroupName: 'workers', version: '1.36', status: 'ACTIVE', subnets: ['subnet-3'] };
  const describeSubnets: Ec2Reader['describeSubnets'] = async (_, ids) =>
    ids.map((subnetId) => ({
      ...{ subnetId, availabilityZone: 'a', availableIpAddressCount: subnetId === 'subnet-3' ? 1 : 4_000 },
    }));
  const { status, told, calls } = await scanned({ describeSubnets }, { group });
  expect([status, calls[0]]).toEqual(['blocked', 'describeSubnets subnet-1,subnet-2,subnet-3']);
  expect(told).toEqual([expect.stringContaining('begins with 2 new nodes, and its subnets have 1 free addresses')]);
});

const launching = { nodegroupName: 'workers', version: '1.36', status: 'ACTIVE', instanceTypes: ['m5.large'] };
const describeInstanceTypes: Ec2Reader['describeInstanceTypes'] = async (_, types) =>
  types.map((instanceType) => ({ instanceType, vcpus: 2, ipv4AddressesPerInterface: 10 }));
const template = { id: 'lt-1', name: 'workers', version: '3' };
const role = (name: string) => `arn:aws:iam::111111111111:role/${name}`;
const key = 'arn:aws:kms:eu-central-1:111111111111:key/1';
const named = {
  group: { ...launching, launchTemplate: template, nodeRole: role('eks/nodes') },
  cluster: { roleArn: role('web'), encryptionConfig: [{ provider: { keyArn: key } }] },
};
const fromImage: Ec2Reader['describeLaunchTemplateVersion'] = async (_, id, version) => ({
  ...{ template: id, version, imageId: 'ami-1' },
});

test('launch template, its AMI, roles and key are asked for by what names them', async () => {
  const { status, told, calls } = await scanned(
    { describeInstanceTypes, describeLaunchTemplateVersion: fromImage },
    named,
  );
  const ofNetwork = ['describeSubnets subnet-1,subnet-2', 'describeSecurityGroups sg-1'];
  expect([status, told, calls.filter((call) => !ofNetwork.includes(call)).sort()]).toEqual([
    ...['done', []],
    [
      ...['describeImages ami-1', 'describeInstanceTypes m5.large', `describeKey ${key}`],
      ...['describeLaunchTemplateVersion lt-1,3', 'getRole nodes', 'getRole web', 'getServiceQuota L-1216C47A'],
    ],
  ]);
});

test('services that do not answer are waited for together, and each is told', async () => {
  const begun = new Set<string>();
  const late = Promise.withResolvers<void>();
  const silent = (name: string) => async (): Promise<never> => {
    begun.add(name);
    await late.promise;
    throw Object.assign(new Error('connect ETIMEDOUT'), { name: 'TimeoutError' });
  };
  const names = [
    ...['describeSubnets', 'describeSecurityGroups', 'describeLaunchTemplateVersion', 'describeInstanceTypes'],
    ...['getRole', 'describeKey', 'getServiceQuota'],
  ] as const;
  const running = scanned(Object.fromEntries(names.map((name) => [name, silent(name)])), named);
  for (let turn = 0; turn < 100 && begun.size < names.length; turn += 1)
    await new Promise((resolve) => setImmediate(resolve));
  const before = [...begun].sort();
  late.resolve();
  const { status, told } = await running;
  expect(before).toEqual([...names].sort());
  expect(status).toBe('wait');
  expect(told.map((one) => /(?<=read again: ).*(?=: TimeoutError: connect ETIMEDOUT$)/.exec(one)?.[0])).toEqual([
    ...['ec2:DescribeSubnets', 'ec2:DescribeSecurityGroups', 'ec2:DescribeLaunchTemplateVersions'],
    ...['ec2:DescribeInstanceTypes', 'iam:GetRole', 'kms:DescribeKey'],
    'servicequotas:GetServiceQuota, cloudwatch:GetMetricStatistics',
  ]);
});

test.each<[string, Partial<Ec2Reader & AccountReader>, string]>([
  [
    'template',
    { describeLaunchTemplateVersion: async () => undefined },
    'version 3 of the launch template lt-1, which',
  ],
  ['AMI', { describeLaunchTemplateVersion: fromImage, describeImages: async () => [] }, 'the AMI ami-1, and EC2 has'],
  [
    'role',
    { getRole: async (_, name) => (name === 'web' ? undefined : { arn: name }) },
    `the role ${role('web')}, which`,
  ],
  [
    'quota',
    { getServiceQuota: async (_, quotaCode) => ({ quotaCode, value: 1, used: 0 }) },
    'the quota L-1216C47A is 1',
  ],
  ['key', { describeKey: async (_, keyId) => ({ keyId, keyState: 'PendingDeletion' }) }, 'is PendingDeletion: no API'],
])('a %s that is gone, or too small, stops the hop', async (_, answers, said) => {
  const { status, told } = await scanned({ describeInstanceTypes, ...answers }, named);
  expect([status, told]).toEqual(['blocked', [expect.stringContaining(said)]]);
});

test.each<[string, Partial<Ec2Reader & AccountReader>]>([
  ['ec2:DescribeLaunchTemplateVersions', { describeLaunchTemplateVersion: refused }],
  ['ec2:DescribeImages', { describeLaunchTemplateVersion: fromImage, describeImages: refused }],
  ['iam:GetRole', { getRole: refusing('AccessDenied') }],
  ['servicequotas:GetServiceQuota, cloudwatch:GetMetricStatistics', { getServiceQuota: refusing('AccessDenied') }],
  ['kms:DescribeKey', { describeKey: refusing('AccessDeniedException') }],
])('what may not be read is not gone: %s', async (said, answers) => {
  const { status, told } = await scanned({ describeInstanceTypes, ...answers }, named);
  expect(status).toBe('blocked');
  expect(told).toEqual([expect.stringMatching(new RegExp(`^ScanIncomplete: ${said}: .* Grant it`))]);
});

test('an image that a parameter of Systems Manager names is not asked for by that', async () => {
  const { status, calls } = await scanned(
    {
      ...{ describeInstanceTypes },
      describeLaunchTemplateVersion: async (...[, id, version]) => ({
        ...{ template: id, version, imageId: 'resolve:ssm:/golden' },
      }),
    },
    named,
  );
  expect([status, calls.filter((call) => call.startsWith('describeImages'))]).toEqual(['done', []]);
});
