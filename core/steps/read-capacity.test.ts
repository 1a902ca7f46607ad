import { MemoryTable } from '../../adapters/memory/table.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { NOON, policyConfig, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import type { Ec2Reader } from '../ports/ec2.ts';
import { type ScanPorts, scanCluster } from './scan-cluster.ts';

const unasked = undefined as never;
const refused = async (): Promise<never> => {
  throw Object.assign(new Error('You are not authorized to perform this operation.'), {
    name: 'UnauthorizedOperation',
  });
};

/** A scan that asks no API server, of a cluster with two subnets and a security group; `calls` is what EC2 was asked for. */
async function scanned(answers: Partial<Ec2Reader> = {}, { skip = [] as string[], version = '1.36', group = {} } = {}) {
  const calls: string[] = [];
  const noted =
    <Args extends unknown[], Result>(name: string, call: (...args: Args) => Result) =>
    (...args: Args) => {
      calls.push(`${name} ${(args[1] as string[]).join()}`);
      return call(...args);
    };
  const { describeSubnets, describeSecurityGroups, describeInstanceTypes }: Ec2Reader = {
    describeSubnets: async (_, ids) =>
      ids.map((subnetId) => ({ subnetId, availabilityZone: 'a', availableIpAddressCount: 4_000 })),
    describeSecurityGroups: async (_, ids) => ids.map((groupId) => ({ groupId })),
    describeInstanceTypes: async () => [],
    ...answers,
  };
  const base = policyWith({ name: 'p' });
  const scan = { failOn: 'removed', skip, versionOwner: 'warn' };
  const network = { subnetIds: ['subnet-2', 'subnet-1'], securityGroupIds: ['sg-1'] };
  const ports = await oneStep(new MemoryTable(), {
    eks: {
      cluster: { version, resourcesVpcConfig: network },
      more: {
        describeInsightsRefresh: async () => ({ status: 'COMPLETED', startedAt: NOON }),
        describeClusterVersions: async () => ['1.36', '1.37'].map((clusterVersion) => ({ clusterVersion })),
        listInsights: async () => [],
        listNodegroups: async () => ('nodegroupName' in group ? ['workers'] : []),
        describeNodegroup: async () => group as never,
      },
    },
    kept: {
      policy: policyConfig({ ...base, spec: { ...base.spec, verification: 'eks-api', scan } as never }),
      upgrades: [upgrade(version === '1.37' ? { mutated: true } : {})],
    },
  });
  const ec2 = {
    describeSubnets: noted('subnets', describeSubnets),
    describeSecurityGroups: noted('groups', describeSecurityGroups),
    describeInstanceTypes: noted('types', describeInstanceTypes),
  };
  const given: ScanPorts = { ...ports, ec2, clusters: unasked, gates: unasked, readers: unasked };
  const { status, reasons } = await scanCluster(given, stepInput({ targetVersion: '1.37' }));
  const told = reasons.filter(({ code }) => code === 'ScanIncomplete' || code === 'ScanFinding');
  return { calls, status, told: told.map(({ code, message }) => `${code}: ${message}`) };
}

test('a hop asks EC2 once for each kind of what the cluster names, and for nothing that it does not name', async () => {
  expect(await scanned()).toEqual({
    ...{ status: 'done', told: [] },
    calls: ['subnets subnet-1,subnet-2', 'groups sg-1'],
  });
});

test('what may not be read leaves the scan incomplete, names the permission, and keeps the rest from nothing', async () => {
  const denied = await scanned({ describeSubnets: refused });
  expect(denied.status).toBe('blocked');
  expect(denied.told).toEqual([
    expect.stringMatching(
      /^ScanIncomplete: subnets: ec2:DescribeSubnets: UnauthorizedOperation: .* Grant it \(the stack of the spoke role\), or .*scan\.skip: \[capacity\]/,
    ),
  ]);
  expect(denied.calls).toHaveLength(2);
  const groups = await scanned({ describeSecurityGroups: refused });
  expect(groups.told).toEqual([
    expect.stringMatching(/^ScanIncomplete: security groups: ec2:DescribeSecurityGroups: /),
  ]);
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
  expect([status, calls[0]]).toEqual(['blocked', 'subnets subnet-1,subnet-2,subnet-3']);
  expect(told).toEqual([expect.stringContaining('begins with 2 new nodes, and its subnets have 1 free addresses')]);
});
