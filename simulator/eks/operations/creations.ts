import type { CreateClusterRequest, CreateNodegroupRequest } from '@aws-sdk/client-eks';
import { arnPrefix, clusterArn, findCluster, requireActive, requireManaged } from '../clusters.ts';
import { FakeEksError, required, UnmodelledOperation } from '../errors.ts';
import { requireSameParameters } from '../idempotency.ts';
import { randomUuid } from '../identifiers.ts';
import { newCluster } from '../new-cluster.ts';
import { draw, type OperationContext } from '../operation-context.ts';
import { scheduleAutoUpgrade } from '../progress/end-of-support.ts';
import type { ClusterRecord, NodegroupRecord } from '../state/fake-eks-state.ts';
import { isOffered, parseMinor } from '../support-calendar.ts';
import { later, laterForNodegroup } from '../updates.ts';
import { renderCluster, renderNodegroup } from './describe.ts';
import type { EksOperations } from './eks-operations.ts';
import { isReleaseOf, missingImage, newestRelease } from './image-versions.ts';
import { checkScaling, checkUpdateConfig } from './nodegroup-settings.ts';

/** Quota (facts: eks.md §5.4). */
const nodegroupsPerCluster = 30;

export const nodegroupCreation: EksOperations<'CreateNodegroup'> = {
  /** A node group of the cluster's own version, CREATING until its nodes have joined (facts: eks.md §5.2). Subnets are not checked. */
  CreateNodegroup(context, input) {
    for (const member of ['taints', 'nodeRepairConfig', 'warmPoolConfig', 'remoteAccess'] as const) {
      if (input[member] !== undefined) throw new UnmodelledOperation(`CreateNodegroup with ${member}`);
    }
    const cluster = findCluster(context.state, context.caller, input.clusterName);
    const name = required(input.nodegroupName, 'nodegroupName');
    const nodeRole = required(input.nodeRole, 'nodeRole');
    if ((input.subnets ?? []).length === 0) refuse('Subnets are not specified');
    const existing = cluster.nodegroups.find((each) => each.name === name);
    if (existing !== undefined) {
      const { clientRequestToken } = input;
      if (clientRequestToken !== undefined && existing.creation?.clientRequestToken === clientRequestToken) {
        requireSameParameters(existing.creation, input);
        return { nodegroup: renderNodegroup(cluster, existing) };
      }
      const message = `NodeGroup already exists with name ${name} and cluster name ${cluster.name}`;
      throw new FakeEksError('ResourceInUseException', message);
    }
    requireManaged(cluster);
    requireActive(cluster);
    const image = imageOf(context, cluster, input);
    const { minSize = 1, maxSize = 2, desiredSize = 2 } = input.scalingConfig ?? {};
    const scalingConfig = { minSize, maxSize, desiredSize };
    checkScaling(scalingConfig);
    if (input.updateConfig !== undefined) checkUpdateConfig(input.updateConfig, scalingConfig.maxSize);
    if (cluster.nodegroups.length >= nodegroupsPerCluster) {
      const message = `You have reached the maximum number of node groups (${nodegroupsPerCluster}) for cluster ${cluster.name}`;
      throw new FakeEksError('ResourceLimitExceededException', message);
    }
    const nodegroup: NodegroupRecord = {
      name,
      arn: `${arnPrefix(cluster.account, cluster.region)}nodegroup/${cluster.name}/${name}/${randomUuid(context.random)}`,
      ...{ createdAt: context.now, modifiedAt: context.now, status: 'CREATING', healthIssues: [] },
      ...image,
      scalingConfig,
      updateConfig: (input.updateConfig as NodegroupRecord['updateConfig'] | undefined) ?? { maxUnavailable: 1 },
      labels: { ...input.labels },
      tags: { ...input.tags },
      description: descriptionOf(input, nodeRole),
      creation: structuredClone({ ...input }) as Record<string, unknown>,
    };
    if (input.launchTemplate !== undefined) nodegroup.launchTemplate = launchTemplateOf(input.launchTemplate);
    cluster.nodegroups.push(nodegroup);
    laterForNodegroup(context, cluster, nodegroup, draw(context.random, context.timing.setup));
    return { nodegroup: renderNodegroup(cluster, nodegroup) };
  },
};

/** The image of its nodes. EKS does not know the content of a custom one (facts: eks.md §5.2). */
function imageOf(
  { state }: OperationContext,
  cluster: ClusterRecord,
  { amiType = 'AL2023_x86_64_STANDARD', version = cluster.version, releaseVersion }: CreateNodegroupRequest,
): Pick<NodegroupRecord, 'amiType' | 'version' | 'releaseVersion'> {
  const minor = parseMinor(version) ?? refuse('unsupported Kubernetes version');
  if (version !== cluster.version)
    refuse(
      `Requested Nodegroup Kubernetes version ${version} should be equal to Cluster kubernetes version ${cluster.version}`,
    );
  const missing = missingImage(amiType, minor);
  if (missing !== undefined) refuse(missing);
  const newest = newestRelease(state, version).release;
  if (releaseVersion !== undefined && !isReleaseOf(releaseVersion, amiType, minor))
    refuse(`Requested release version ${releaseVersion} is not valid for kubernetes version ${version}.`);
  return { amiType, version, releaseVersion: releaseVersion ?? newest };
}

function descriptionOf(input: CreateNodegroupRequest, nodeRole: string): NodegroupRecord['description'] {
  const { capacityType = 'ON_DEMAND', instanceTypes = ['t3.medium'], subnets = [], diskSize = 20 } = input;
  return {
    ...{ capacityType, subnets, nodeRole },
    ...(input.launchTemplate === undefined ? { instanceTypes, diskSize } : {}),
  };
}

function launchTemplateOf(wanted: NonNullable<CreateNodegroupRequest['launchTemplate']>) {
  if ((wanted.id === undefined) === (wanted.name === undefined))
    refuse('Either provide launch template ID or launch template name in the request.');
  return { version: '1', ...wanted } as NonNullable<NodegroupRecord['launchTemplate']>;
}

function refuse(message: string): never {
  throw new FakeEksError('InvalidParameterException', message);
}

/** Quotas (facts: eks.md §11). That a request beyond them is ResourceLimitExceededException comes from the API's text and was not observed. */
const clustersPerRegion = 100;
const controlPlaneSecurityGroups = 4;
const publicAccessRanges = 40;

export const clusterCreation: EksOperations<'CreateCluster'> = {
  /** A cluster at any offered version, CREATING for some minutes (facts: eks.md §1.1, §11). */
  CreateCluster(context, input) {
    const { state, caller } = context;
    const name = required(input.name, 'name');
    const roleArn = required(input.roleArn, 'roleArn');
    const arn = clusterArn(caller.account, caller.region, name);
    const existing = state.clusters[arn];
    if (existing !== undefined) {
      const token = input.clientRequestToken;
      if (token !== undefined && existing.creation?.clientRequestToken === token) {
        requireSameParameters(existing.creation, input);
        return { cluster: renderCluster(existing) };
      }
      throw new FakeEksError('ResourceInUseException', `Cluster already exists with name: ${name}`);
    }
    const newest = state.supportCalendar
      .filter((row) => isOffered(state.supportCalendar, row.minor, context.now))
      .at(-1);
    const version = input.version ?? newest?.minor ?? '';
    if (!isOffered(state.supportCalendar, version, context.now)) {
      throw new FakeEksError('InvalidParameterException', 'unsupported Kubernetes version');
    }
    checkQuotas(context, input);
    const cluster = newCluster(state, {
      account: caller.account,
      region: caller.region,
      name,
      version,
      createdAt: context.now,
      status: 'CREATING',
    });
    cluster.creation = structuredClone({ ...input }) as Record<string, unknown>;
    cluster.tags = { ...input.tags };
    cluster.supportType = input.upgradePolicy?.supportType === 'STANDARD' ? 'STANDARD' : 'EXTENDED';
    Object.assign(cluster.description, {
      roleArn,
      clientRequestToken: input.clientRequestToken,
      deletionProtection: input.deletionProtection ?? false,
    });
    state.clusters[arn] = cluster;
    scheduleAutoUpgrade(context, cluster);
    later(context, cluster, draw(context.random, context.timing.creation), 'cluster-created');
    return { cluster: renderCluster(cluster) };
  },
};

function checkQuotas({ state, caller }: OperationContext, { resourcesVpcConfig }: CreateClusterRequest): void {
  const { securityGroupIds = [], publicAccessCidrs = [] } = resourcesVpcConfig ?? {};
  const prefix = arnPrefix(caller.account, caller.region);
  const exceeded = (what: string, most: number) =>
    new FakeEksError('ResourceLimitExceededException', `The maximum number of ${what} is ${most}`);
  if (Object.keys(state.clusters).filter((each) => each.startsWith(prefix)).length >= clustersPerRegion) {
    throw exceeded('clusters in a Region', clustersPerRegion);
  }
  if (securityGroupIds.length > controlPlaneSecurityGroups) {
    throw exceeded('security groups of a control plane', controlPlaneSecurityGroups);
  }
  if (publicAccessCidrs.length > publicAccessRanges) throw exceeded('public access CIDRs', publicAccessRanges);
}
