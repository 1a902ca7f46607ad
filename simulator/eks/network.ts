import type { AccountReader, Parameter } from '../../core/ports/account.ts';
import type {
  Ec2Reader,
  Image,
  InstanceType,
  LaunchTemplates,
  LaunchTemplateVersion,
  NewLaunchTemplateVersion,
  SecurityGroup,
  Subnet,
} from '../../core/ports/ec2.ts';
import type { Scope } from '../../core/ports/eks.ts';
import { AwsFault } from '../wire/aws-call.ts';
import { templateImage } from './node-image.ts';
import { publishedRelease } from './operations/image-versions.ts';
import type { FakeEksState, MadeImage } from './state/fake-eks-state.ts';
import { vendedData } from './vended-metrics.ts';

/** Free addresses of a subnet that the scenario does not describe: a /20 with few used ones. */
const PLENTY = 4_000;
const ZONES = 'abc';
/**
 * vCPUs, and IPv4 addresses of each interface, of the instance types in the example and the simulation (amazon-vpc-cni-k8s, misc/eni-max-pods.txt).
 */
const TYPES: Readonly<Record<string, readonly [vcpus: number, addresses: number]>> = {
  't3.medium': [2, 6],
  'm5.large': [2, 10],
  'm6i.large': [2, 10],
  'r6i.xlarge': [4, 15],
  'g5.xlarge': [4, 15],
};

/** Quotas of vCPUs, with their dimension Class of AWS/Usage and the first letter of the types that count. */
const QUOTAS = [
  { quotaCode: 'L-1216C47A', capacityType: 'ON_DEMAND', usage: 'Standard/OnDemand', types: 'tmr' },
  { quotaCode: 'L-34B43A08', capacityType: 'SPOT', usage: 'Standard/Spot', types: 'tmr' },
  { quotaCode: 'L-DB2E81BA', capacityType: 'ON_DEMAND', usage: 'G/OnDemand', types: 'g' },
  { quotaCode: 'L-3819A6DF', capacityType: 'SPOT', usage: 'G/Spot', types: 'g' },
];

const TRUST = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: ['eks.amazonaws.com', 'ec2.amazonaws.com'] }, Action: 'sts:AssumeRole' },
  ],
};

/** The resources of an account and Region beside EKS: those that its clusters name, without those that the scenario removes. */
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
  // Most ENIConfigs have the name of a zone.
  for (const { kind, metadata, spec } of clusters.flatMap(({ kubernetes: { objects = [] } }) => objects))
    if (kind === 'ENIConfig') zones.set((spec as { subnet: string }).subnet, metadata.name);
  const begun = new Map(groups.flatMap((group) => templatesOf(state, group)));
  const known = new Set([...begun.values()].map(({ template }) => template));
  const made = Object.entries(state.templateVersions ?? {}).flatMap(([key, { imageId, description }]) => {
    const [template = '', version = ''] = key.split(':');
    return known.has(template) ? [[key, { template, version, imageId, description }] as const] : [];
  });
  const templates = new Map<string, LaunchTemplateVersion>([...begun, ...made]);
  const own = Object.entries(state.images ?? {}).filter(([, of]) => of.account === account && of.region === region);
  const images = new Map<string, Image>([
    ...[...templates.values()].flatMap(({ imageId }) => (imageId === undefined ? [] : [imageOf(imageId)])),
    ...own.map(([imageId, of]) => imageOf(imageId, of)),
  ]);
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
    images: there(images.keys()).map((imageId) => images.get(imageId) as Image),
    templateTags: new Map(there(known).map((template) => [template, state.templateTags?.[template] ?? {}])),
    roles: there([
      ...ofAccount.flatMap(({ description }) => description.roleArn ?? []),
      ...ofAccount.flatMap(({ nodegroups }) => nodegroups.flatMap(({ description }) => description.nodeRole ?? [])),
    ]).map((arn) => ({ arn, trustPolicy: JSON.stringify(state.trustPolicies?.[arn] ?? TRUST) })),
    quotas: QUOTAS.map(({ quotaCode, capacityType, usage, types }) => ({
      ...{ quotaCode, usage, value: state.vcpuQuotas?.[quotaCode] ?? 10_000 },
      used: groups
        .filter(({ description }) => (description.capacityType ?? 'ON_DEMAND') === capacityType)
        .map(({ description: { instanceTypes: [type = ''] = [] }, scalingConfig }) =>
          types.includes(type.charAt(0)) ? scalingConfig.desiredSize * (TYPES[type]?.[0] ?? 0) : 0,
        )
        .reduce((sum, vcpus) => sum + vcpus, 0),
    })),
    keys: there(clusters.flatMap(({ description }) => description.encryptionConfig?.[0]?.provider?.keyArn ?? [])).map(
      (keyId) => ({ keyId, keyState: state.keyStates?.[keyId] ?? 'Enabled' }),
    ),
    recoveryPoints(vaultName: string, ofResource: string) {
      const points = state.backupVaults?.[`arn:aws:backup:${region}:${account}:backup-vault:${vaultName}`];
      // As observed, instead of the ResourceNotFoundException of the API reference (boto/boto3#2269).
      if (points === undefined)
        throw new AwsFault('AccessDeniedException', 'Insufficient privileges to perform this action.', { status: 403 });
      return points.filter(({ resourceArn }) => resourceArn === ofResource);
    },
  };
}

const imageOf = (imageId: string, of?: MadeImage): [string, Image] => [
  imageId,
  {
    ...{ imageId, state: 'available', architecture: of?.architecture ?? 'x86_64', tags: of?.tags ?? {} },
    creationDate: of?.creationDate ?? '2026-01-01T00:00:00.000Z',
    ...(of?.deprecationTime === undefined ? {} : { deprecationTime: of.deprecationTime }),
  },
];

/** Versions by template and number. EKS chooses the image of a group without a custom AMI. */
function templatesOf(
  state: FakeEksState,
  { amiType, launchTemplate }: FakeEksState['clusters'][string]['nodegroups'][number],
): [string, LaunchTemplateVersion][] {
  const { id, name, version = '$Default' } = launchTemplate ?? {};
  const template = id ?? name;
  if (template === undefined) return [];
  const image = amiType === 'CUSTOM' ? { imageId: templateImage(state, launchTemplate ?? {}) } : {};
  return [[`${template}:${version}`, { template, version, ...image }]];
}

/** The ports of core on these resources, in this process. */
export const createInMemoryEc2 = (state: FakeEksState): Ec2Reader => ({
  describeSubnets: async (scope, ids) => networkIn(state, scope).subnets.filter((one) => ids.includes(one.subnetId)),
  describeSecurityGroups: async (scope, ids) =>
    networkIn(state, scope).securityGroups.filter((one) => ids.includes(one.groupId)),
  describeInstanceTypes: async (scope, names) =>
    networkIn(state, scope).instanceTypes.filter((one) => names.includes(one.instanceType)),
  describeImages: async (scope, ids) => networkIn(state, scope).images.filter((one) => ids.includes(one.imageId)),
  findImages: async (scope, owners, tags) =>
    networkIn(state, scope).images.filter(
      (one) =>
        owners.some((owner) => owner === 'self' || owner === scope.account) &&
        Object.entries(tags).every(([key, value]) => one.tags[key] === value),
    ),
  describeLaunchTemplateVersion: async (scope, template, version) =>
    networkIn(state, scope).templates.get(`${template}:${version}`),
  listLaunchTemplateVersions: async (scope, template, imageId) =>
    [...networkIn(state, scope).templates.values()].filter(
      (one) => one.template === template && one.imageId === imageId,
    ),
  describeLaunchTemplateTags: async (scope, template) => networkIn(state, scope).templateTags.get(template),
});

/**
 * CreateLaunchTemplateVersion: the next number, with the source's data but another image. The same token with the same request returns the earlier
 * result; with another request it is refused (https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html).
 */
export function createTemplateVersion(
  state: FakeEksState,
  scope: Scope,
  { template, sourceVersion, imageId, description }: NewLaunchTemplateVersion,
  clientToken: string,
): string {
  const { templates } = networkIn(state, scope);
  const own = [...templates.values()].filter((one) => one.template === template);
  const refuse = (code: string, message: string): never => {
    throw new AwsFault(code, message, { status: 400 });
  };
  if (own.length === 0) refuse('InvalidLaunchTemplateId.NotFound', `The launch template '${template}' does not exist`);
  const source = own.find(({ version }) => version === sourceVersion);
  if (source === undefined)
    refuse('InvalidLaunchTemplateId.VersionNotFound', `Version '${sourceVersion}' of '${template}' does not exist`);
  const made = Object.entries(state.templateVersions ?? {}).find(([, one]) => one.clientToken === clientToken);
  if (made !== undefined) {
    const [key, one] = made;
    if (one.imageId !== imageId || one.description !== description)
      refuse('IdempotentParameterMismatch', 'The client token was used with other parameters');
    return key.slice(key.indexOf(':') + 1);
  }
  const number = String(1 + Math.max(...own.map(({ version }) => Number(version) || 1)));
  // The source stays when no group names it any more.
  const kept = { imageId: source?.imageId ?? imageId, description: '', clientToken: '' };
  state.templateVersions = {
    [`${template}:${sourceVersion}`]: kept,
    ...state.templateVersions,
    [`${template}:${number}`]: { imageId, description, clientToken },
  };
  return number;
}

export const createInMemoryTemplates = (state: FakeEksState): LaunchTemplates => ({
  createVersion: async (scope, input, clientToken) => createTemplateVersion(state, scope, input, clientToken),
});

/** A parameter of AWS or of the account. */
export function parameterIn(state: FakeEksState, { account, region }: Scope, name: string): Parameter | undefined {
  const own = state.parameters?.[`${account}/${region}/${name}`];
  const release = own === undefined ? publishedRelease(state, name) : undefined;
  if (release !== undefined) return { name, value: release.release, lastModifiedDate: new Date(release.publishedAt) };
  return own && { name, value: own.value, lastModifiedDate: new Date(WRITTEN) };
}

/** The time of parameters that the scenario does not describe. */
export const WRITTEN = '2026-01-01T00:00:00.000Z';

export const createInMemoryAccount = (state: FakeEksState): AccountReader => ({
  getParameter: async (scope, name) => parameterIn(state, scope, name)?.value,
  getParameters: async (scope, names) => names.flatMap((name) => parameterIn(state, scope, name) ?? []),
  getServiceQuota: async (scope, code) => networkIn(state, scope).quotas.find(({ quotaCode }) => quotaCode === code),
  getRole: async (scope, name) => networkIn(state, scope).roles.find(({ arn }) => arn.endsWith(`/${name}`)),
  listRecoveryPoints: async (scope, vaultName, resourceArn) =>
    networkIn(state, scope)
      .recoveryPoints(vaultName, resourceArn)
      .map(({ status, creationDate }) => ({ status, creationDate: new Date(creationDate) })),
  describeKey: async (scope, id) => networkIn(state, scope).keys.find(({ keyId }) => keyId === id),
  getMetricData: async (scope, asked) => vendedData(state, scope, asked, state.now),
});
