import type { CreateNodegroupRequest } from '@aws-sdk/client-eks';
import { arnPrefix, findCluster, requireActive, requireManaged } from '../clusters.ts';
import { FakeEksError, required, UnmodelledOperation } from '../errors.ts';
import { requireSameParameters } from '../idempotency.ts';
import { randomUuid } from '../identifiers.ts';
import type { OperationContext } from '../operation-context.ts';
import type { ClusterRecord } from '../state/cluster-record.ts';
import type { NodegroupRecord } from '../state/nodegroup-record.ts';
import { parseMinor } from '../support-calendar.ts';
import { draw } from '../timing.ts';
import { laterForNodegroup } from '../updates.ts';
import type { EksOperations } from './eks-operations.ts';
import { isReleaseOf, missingImage, newestRelease } from './image-versions.ts';
import { checkScaling, checkUpdateConfig } from './nodegroup-settings.ts';
import { renderNodegroup } from './nodegroups.ts';

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
