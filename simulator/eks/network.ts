import type { AccountReader } from '../../core/ports/account.ts';
import type {
  Ec2Reader,
  Image,
  InstanceType,
  LaunchTemplateVersion,
  SecurityGroup,
  Subnet,
} from '../../core/ports/ec2.ts';
import type { Scope } from '../../core/ports/eks.ts';
import { AwsFault } from '../wire/aws-call.ts';
import type { FakeEksState } from './state/fake-eks-state.ts';

/** Of a subnet that the scenario says nothing of: a /20 with next to nothing in it. */
const PLENTY = 4_000;
const ZONES = 'abc';
/** vCPUs, and IPv4 addresses of each interface, of the types that the example and the simulation run (amazon-vpc-cni-k8s, misc/eni-max-pods.txt). */
const TYPES: Readonly<Record<string, readonly [vcpus: number, addresses: number]>> = {
  't3.medium': [2, 6],
  'm5.large': [2, 10],
  'm6i.large': [2, 10],
  'r6i.xlarge': [4, 15],
};

/** Quotas of vCPUs of standard instances, with their dimension Class of AWS/Usage. */
const QUOTAS = [
  { quotaCode: 'L-1216C47A', capacityType: 'ON_DEMAND', usage: 'Standard/OnDemand' },
  { quotaCode: 'L-34B43A08', capacityType: 'SPOT', usage: 'Standard/Spot' },
];

/** What an account and Region have beside EKS: what its clusters name, but for what the scenario has taken away. */
export function networkIn(state: FakeEksState, { account, region }: Scope) {
  const ofAccount = Object.values(state.clusters).filter((cluster) => cluster.account === account);
  const clusters = ofAccount.filter((cluster) => cluster.region === region);
  const gone = new Set(state.goneResources);
  const there = (ids: Iterable<string>): string[] => [...new Set(ids)].filter((id) => !gone.has(id));
  const groups = clusters.flatMap(({ nodegroups }) => nodegroups);
  const vpcs = clusters.map(({ description }) => description.resourcesVpcConfig ?? {});
  const lists = clusters.flatMap(({ nodegroups }, index) => [
    vpcs[index]?.subnetIds ?? [],
    ...nodegroups.map(({ description }) => description.subnets ?? []),
  ]);
  const zones = new Map<string, string>();
  for (const ids of lists)
    for (const [index, id] of ids.entries())
      if (!zones.has(id)) zones.set(id, `${region}${ZONES[index % ZONES.length]}`);
  // Named after zones, as nearly all are.
  for (const { kind, metadata, spec } of clusters.flatMap(({ kubernetes: { objects = [] } }) => objects))
    if (kind === 'ENIConfig') zones.set((spec as { subnet: string }).subnet, metadata.name);
  const templates = new Map(groups.flatMap(templatesOf));
  const images = [...templates.values()].flatMap(({ imageId }) => imageId ?? []);
  return {
    subnets: there(zones.keys()).map(
      (subnetId): Subnet => ({
        subnetId,
        availabilityZone: zones.get(subnetId) ?? '',
        availableIpAddressCount: state.freeAddresses?.[subnetId] ?? PLENTY,
      }),
    ),
    securityGroups: there(
      vpcs.flatMap(({ securityGroupIds = [], clusterSecurityGroupId: own }) =>
        own === undefined ? securityGroupIds : [...securityGroupIds, own],
      ),
    ).map((groupId): SecurityGroup => ({ groupId })),
    instanceTypes: Object.entries(TYPES).map(
      ([instanceType, [vcpus, ipv4AddressesPerInterface]]): InstanceType => ({
        ...{ instanceType, vcpus, ipv4AddressesPerInterface },
      }),
    ),
    templates: new Map(there(templates.keys()).map((key) => [key, templates.get(key) as LaunchTemplateVersion])),
    images: there(images).map((imageId): Image => ({ imageId, state: 'available' })),
    roles: there([
      ...ofAccount.flatMap(({ description }) => description.roleArn ?? []),
      ...ofAccount.flatMap(({ nodegroups }) => nodegroups.flatMap(({ description }) => description.nodeRole ?? [])),
    ]).map((arn) => ({ arn })),
    quotas: QUOTAS.map(({ quotaCode, capacityType, usage }) => ({
      ...{ quotaCode, usage, value: state.vcpuQuotas?.[quotaCode] ?? 10_000 },
      used: groups
        .filter(({ description }) => (description.capacityType ?? 'ON_DEMAND') === capacityType)
        .map(
          ({ description: { instanceTypes: [type = ''] = [] }, scalingConfig }) =>
            scalingConfig.desiredSize * (TYPES[type]?.[0] ?? 0),
        )
        .reduce((sum, vcpus) => sum + vcpus, 0),
    })),
    keys: there(clusters.flatMap(({ description }) => description.encryptionConfig?.[0]?.provider?.keyArn ?? [])).map(
      (keyId) => ({ keyId, keyState: state.keyStates?.[keyId] ?? 'Enabled' }),
    ),
    recoveryPoints(vaultName: string, ofResource: string) {
      const points = state.backupVaults?.[`arn:aws:backup:${region}:${account}:backup-vault:${vaultName}`];
      // As observed, in place of the ResourceNotFoundException of the API reference (boto/boto3#2269).
      if (points === undefined)
        throw new AwsFault('AccessDeniedException', 'Insufficient privileges to perform this action.', { status: 403 });
      return points.filter(({ resourceArn }) => resourceArn === ofResource);
    },
  };
}

/** By template and version; EKS chooses the image of a group that has no AMI of its own. */
function templatesOf({
  amiType,
  launchTemplate,
}: FakeEksState['clusters'][string]['nodegroups'][number]): [string, LaunchTemplateVersion][] {
  const { id, name, version = '$Default' } = launchTemplate ?? {};
  const template = id ?? name;
  if (template === undefined) return [];
  const image = amiType === 'CUSTOM' ? { imageId: `ami-${template.replace(/^lt-/, '')}-${version}` } : {};
  return [[`${template}:${version}`, { template, version, ...image }]];
}

/** The ports of core on it, in this process. */
export const createInMemoryEc2 = (state: FakeEksState): Ec2Reader => ({
  describeSubnets: async (scope, ids) => networkIn(state, scope).subnets.filter((one) => ids.includes(one.subnetId)),
  describeSecurityGroups: async (scope, ids) =>
    networkIn(state, scope).securityGroups.filter((one) => ids.includes(one.groupId)),
  describeInstanceTypes: async (scope, names) =>
    networkIn(state, scope).instanceTypes.filter((one) => names.includes(one.instanceType)),
  describeImages: async (scope, ids) => networkIn(state, scope).images.filter((one) => ids.includes(one.imageId)),
  describeLaunchTemplateVersion: async (scope, template, version) =>
    networkIn(state, scope).templates.get(`${template}:${version}`),
});

export const createInMemoryAccount = (state: FakeEksState): AccountReader => ({
  getServiceQuota: async (scope, code) => networkIn(state, scope).quotas.find(({ quotaCode }) => quotaCode === code),
  getRole: async (scope, name) => networkIn(state, scope).roles.find(({ arn }) => arn.endsWith(`/${name}`)),
  listRecoveryPoints: async (scope, vaultName, resourceArn) =>
    networkIn(state, scope)
      .recoveryPoints(vaultName, resourceArn)
      .map(({ status, creationDate }) => ({ status, creationDate: new Date(creationDate) })),
  describeKey: async (scope, id) => networkIn(state, scope).keys.find(({ keyId }) => keyId === id),
});
