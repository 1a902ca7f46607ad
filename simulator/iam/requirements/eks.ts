import type { RequestContext } from '../conditions/request-context.ts';
import { tagKeys } from '../principals/principal-context.ts';
import { passRole, tryLaunchTemplate } from './eks-on-behalf.ts';
import type { CallFacts, LookedUpKind, Requirement, RequirementRow, RequirementRows } from './requirement.ts';
import { arnOf, flag, need, on, onNoResource, record, records, text, textOrAny, texts } from './row-kinds.ts';

function cluster(call: CallFacts, member: 'name' | 'clusterName'): string {
  return arnOf('eks', call, `cluster/${textOrAny(call.input, member)}`);
}

const clusterByName = (call: CallFacts) => cluster(call, 'name');
const clusterByClusterName = (call: CallFacts) => cluster(call, 'clusterName');

/** A part of a cluster. A missing one has no UUID: its ARN has `*` instead, which grants by name cover. */
function part(call: CallFacts, kind: LookedUpKind, clusterName: string, name: string, path = name): string {
  const { lookups, region, account } = call;
  const known = lookups.arnOf(kind, [clusterName, name], region, account);
  return known ?? arnOf('eks', call, `${kind}/${clusterName}/${path}/*`);
}

function partNamed(kind: LookedUpKind, member: string): (call: CallFacts) => string {
  return (call) => part(call, kind, textOrAny(call.input, 'clusterName'), textOrAny(call.input, member));
}

const nodegroup = partNamed('nodegroup', 'nodegroupName');
const addon = partNamed('addon', 'addonName');

/** `access-entry/<cluster>/role/<account>/<name>/<uuid>` of the entry for a principal's ARN. */
function accessEntry(call: CallFacts): string {
  const principal = textOrAny(call.input, 'principalArn');
  const [, account = '*', type = '*', name = '*'] =
    /^arn:[^:]*:iam::(\d*):(user|role)\/(?:.*\/)?([^/]*)$/.exec(principal) ?? [];
  const path = `${type}/${account}/${name}`;
  return part(call, 'access-entry', textOrAny(call.input, 'clusterName'), principal, path);
}

/** Updates belong to a cluster, and need a permission on their part of it too. */
const updates: RequirementRow = (call) => {
  const { input } = call;
  const clusterName = textOrAny(input, 'name');
  const parts = (['nodegroup', 'addon'] as const).flatMap((kind) => {
    const name = text(input, `${kind}Name`);
    return name === undefined ? [] : [part(call, kind, clusterName, name)];
  });
  return [clusterByName(call), ...parts].map((resource) => need(call, call.operation, resource));
};

function tagsInRequest(call: CallFacts): RequestContext {
  const tags = Object.fromEntries(Object.entries(record(call.input.tags)).map(([key, value]) => [key, String(value)]));
  return { ...tagKeys('aws:RequestTag', tags), 'aws:TagKeys': Object.keys(tags) };
}

function rolesOf({ input }: CallFacts): Requirement[] {
  const associations = records(input, 'podIdentityAssociations').map((association) => text(association, 'roleArn'));
  const roles = [text(input, 'serviceAccountRoleArn'), ...associations].filter((role) => role !== undefined);
  return roles.map((role) => passRole(role));
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelastickubernetesservice.html */
export const eksRows: RequirementRows = {
  CancelUpdate: on(clusterByName),
  CreateCluster: (call) => {
    const role = text(call.input, 'roleArn');
    const context = { ...newClusterSettings(call), ...tagsInRequest(call) };
    return [need(call, 'CreateCluster', '*', context), ...(role === undefined ? [] : [passRole(role)])];
  },
  CreateNodegroup: (call) => {
    const role = text(call.input, 'nodeRole');
    const create = need(call, 'CreateNodegroup', clusterByClusterName(call), tagsInRequest(call));
    return [create, ...(role === undefined ? [] : [passRole(role)])];
  },
  DeleteCluster: on(clusterByName),
  DeleteNodegroup: on(nodegroup),
  DescribeAccessEntry: on(accessEntry),
  DescribeAddon: on(addon),
  DescribeAddonVersions: onNoResource,
  DescribeCluster: on(clusterByName),
  DescribeClusterVersions: onNoResource,
  DescribeFargateProfile: on(partNamed('fargateprofile', 'fargateProfileName')),
  DescribeInsight: on(clusterByClusterName),
  DescribeInsightsRefresh: on(clusterByClusterName),
  DescribeNodegroup: on(nodegroup),
  DescribeUpdate: updates,
  ListAccessEntries: on(clusterByClusterName),
  ListAddons: on(clusterByClusterName),
  ListAssociatedAccessPolicies: on(accessEntry),
  ListClusters: onNoResource,
  ListFargateProfiles: on(clusterByClusterName),
  ListInsights: on(clusterByClusterName),
  ListNodegroups: on(clusterByClusterName),
  ListUpdates: updates,
  StartInsightsRefresh: on(clusterByClusterName),
  TagResource: (call) => [need(call, 'TagResource', textOrAny(call.input, 'resourceArn'), tagsInRequest(call))],
  UntagResource: (call) => [
    need(call, 'UntagResource', textOrAny(call.input, 'resourceArn'), { 'aws:TagKeys': texts(call.input, 'tagKeys') }),
  ],
  UpdateAddon: (call) => [need(call, 'UpdateAddon', addon(call)), ...rolesOf(call)],
  UpdateClusterConfig: (call) => [need(call, 'UpdateClusterConfig', clusterByName(call), clusterSettings(call))],
  UpdateClusterVersion: (call) => [
    need(call, 'UpdateClusterVersion', clusterByName(call), {
      'eks:kubernetesVersion': text(call.input, 'version') ?? null,
    }),
  ],
  UpdateNodegroupConfig: on(nodegroup),
  UpdateNodegroupVersion: (call) => [need(call, 'UpdateNodegroupVersion', nodegroup(call)), ...tryLaunchTemplate(call)],
};

/** Condition keys of both CreateCluster and UpdateClusterConfig: settings of the cluster, null where the call leaves them unchanged. */
function clusterSettings({ input }: CallFacts): RequestContext {
  const vpc = record(input.resourcesVpcConfig);
  const enabled = records(record(input.logging), 'clusterLogging').filter((setup) => setup.enabled === true);
  const logs = enabled.flatMap((setup) => texts(setup, 'types')).map((type) => [`eks:loggingType/${type}`, 'true']);
  return {
    'eks:authenticationMode': text(record(input.accessConfig), 'authenticationMode') ?? null,
    'eks:computeConfigEnabled': flag(record(input.computeConfig).enabled),
    'eks:blockStorageEnabled': flag(record(record(input.storageConfig).blockStorage).enabled),
    'eks:elasticLoadBalancingEnabled': flag(record(record(input.kubernetesNetworkConfig).elasticLoadBalancing).enabled),
    'eks:deletionProtection': flag(input.deletionProtection),
    'eks:endpointPublicAccess': flag(vpc.endpointPublicAccess),
    'eks:endpointPrivateAccess': flag(vpc.endpointPrivateAccess),
    'eks:supportType': text(record(input.upgradePolicy), 'supportType') ?? null,
    'eks:zonalShiftEnabled': flag(record(input.zonalShiftConfig).enabled),
    'eks:controlPlaneScalingTier': text(record(input.controlPlaneScalingConfig), 'tier') ?? null,
    'eks:loggingType/*': null,
    ...Object.fromEntries(logs),
  };
}

/** Condition keys of CreateCluster, including settings that cannot be changed later. */
function newClusterSettings(call: CallFacts): RequestContext {
  const { input } = call;
  const keys = records(input, 'encryptionConfig').map(({ provider }) => text(record(provider), 'keyArn'));
  return {
    ...clusterSettings(call),
    'eks:kubernetesVersion': text(input, 'version') ?? null,
    'eks:bootstrapClusterCreatorAdminPermissions': flag(
      record(input.accessConfig).bootstrapClusterCreatorAdminPermissions,
    ),
    'eks:bootstrapSelfManagedAddons': flag(input.bootstrapSelfManagedAddons),
    'eks:encryptionConfigProviderKeyArns': keys.filter((key) => key !== undefined),
  };
}
