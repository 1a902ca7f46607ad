import type { UpdateNodegroupVersionRequest } from '@aws-sdk/client-eks';
import { KubeVersion } from '../../../core/version/kube-version.ts';
import { FakeEksError } from '../errors.ts';
import { templateImage } from '../node-image.ts';
import type { OperationContext } from '../operation-context.ts';
import { isPreviousMinor, rollbackWindowEnd } from '../rollback-eligibility.ts';
import type { ClusterRecord, NodegroupRecord } from '../state/fake-eks-state.ts';
import { parseMinor, reportedVersion } from '../support-calendar.ts';
import { isReleaseOf, missingImage, newestRelease } from './image-versions.ts';

export interface RollTarget {
  version: string;
  releaseVersion: string;
  kubeletVersion: string;
  launchTemplate?: { id?: string; name?: string; version?: string };
}

/** The target of the nodes, or the refusal: wrong version, wrong AMI family, wrong launch template. */
export function rollTarget(
  context: OperationContext,
  cluster: ClusterRecord,
  nodegroup: NodegroupRecord,
  input: UpdateNodegroupVersionRequest,
): RollTarget {
  const launchTemplate = launchTemplateTarget(nodegroup, input);
  checkTemplate(context.state, launchTemplate ?? nodegroup.launchTemplate);
  if (nodegroup.amiType === 'CUSTOM') return customTarget(context, cluster, input, launchTemplate);
  // AWS's texts disagree about a request without a version; this follows the operation's own text (facts: eks.md C7).
  const version = input.version ?? nodegroup.version;
  const minor = checkVersion(context, cluster, nodegroup, version);
  const releaseVersion = input.releaseVersion ?? newestRelease(context.state, version).release;
  if (!isReleaseOf(releaseVersion, nodegroup.amiType, minor)) {
    refuse(`Requested release version ${releaseVersion} is not valid for kubernetes version ${version}.`);
  }
  return {
    version,
    releaseVersion,
    kubeletVersion: reportedVersion(context.state.supportCalendar, version),
    ...(launchTemplate === undefined ? {} : { launchTemplate }),
  };
}

/**
 * The cluster's version or the group's own; one minor lower only while the cluster itself could go back (facts: eks.md C1, §5.2). Which of the two
 * errors of C1 refuses it otherwise is not known.
 */
function checkVersion(
  context: OperationContext,
  cluster: ClusterRecord,
  nodegroup: NodegroupRecord,
  version: string,
): KubeVersion {
  const target = parseMinor(version) ?? refuse('unsupported Kubernetes version');
  const rollbackEnd = rollbackWindowEnd(cluster);
  const goingBack = isPreviousMinor(cluster, version) && rollbackEnd !== undefined && context.now < rollbackEnd;
  if (version !== cluster.version && version !== nodegroup.version && !goingBack) {
    refuse(
      `Nodegroup Kubernetes version should be equal to Cluster kubernetes version ${cluster.version} or NodeGroup kubernetes version ${nodegroup.version}`,
    );
  }
  const missing = missingImage(nodegroup.amiType, target);
  if (missing !== undefined) refuse(missing);
  return target;
}

/** EKS does not know the content of a custom AMI, so neither version may be named (facts: eks.md §5.2; text: eksctl-io/eksctl#5999). */
function customTarget(
  context: OperationContext,
  cluster: ClusterRecord,
  input: UpdateNodegroupVersionRequest,
  launchTemplate: RollTarget['launchTemplate'],
): RollTarget {
  for (const [field, value] of [
    ['kubernetesVersion', input.version],
    ['releaseVersion', input.releaseVersion],
  ]) {
    if (value !== undefined) refuse(`You cannot specify the field ${field} when using custom AMIs.`);
  }
  if (launchTemplate === undefined) refuse('A launch template version is required for a node group with a custom AMI.');
  const { state } = context;
  const key = `${launchTemplate?.id ?? launchTemplate?.name}:${launchTemplate?.version}`;
  const imageId = templateImage(state, launchTemplate ?? {});
  const minor = state.images?.[imageId]?.kubelet ?? cluster.version;
  const kubeletVersion = state.launchTemplateKubelets[key] ?? reportedVersion(state.supportCalendar, minor);
  return {
    version: KubeVersion.parse(kubeletVersion).toString(),
    releaseVersion: imageId,
    kubeletVersion,
    ...(launchTemplate === undefined ? {} : { launchTemplate }),
  };
}

/**
 * Only a group created with a launch template has one, and it stays the same (facts: eks.md §5.2). Source of the text about id and name:
 * aws-controllers-k8s/community#2645; for the others none is known.
 */
function launchTemplateTarget(
  nodegroup: NodegroupRecord,
  input: UpdateNodegroupVersionRequest,
): RollTarget['launchTemplate'] {
  const wanted = input.launchTemplate;
  if (wanted === undefined) return undefined;
  const own = nodegroup.launchTemplate;
  if ((wanted.id === undefined) === (wanted.name === undefined)) {
    refuse('Either provide launch template ID or launch template name in the request.');
  }
  if (own === undefined) refuse('Launch template cannot be specified: the node group was created without one.');
  const other =
    (wanted.id !== undefined && own.id !== undefined && wanted.id !== own.id) ||
    (wanted.name !== undefined && own.name !== undefined && wanted.name !== own.name);
  if (other) refuse('You cannot change the launch template of a node group, only its version.');
  return { ...own, ...(wanted.version === undefined ? {} : { version: wanted.version }) };
}

/** EKS reads the template from EC2 before it accepts a roll. In which words it refuses one that is gone is not known. */
function checkTemplate(
  { goneResources = [] }: OperationContext['state'],
  launched: RollTarget['launchTemplate'],
): void {
  const template = launched?.id ?? launched?.name;
  const names = template === undefined ? [] : [template, `${template}:${launched?.version ?? '$Default'}`];
  const gone = names.find((name) => goneResources.includes(name));
  if (gone !== undefined) refuse(`The launch template ${gone} does not exist.`);
}

function refuse(message: string): never {
  throw new FakeEksError('InvalidParameterException', message);
}
