import type { UpdateNodegroupVersionRequest } from '@aws-sdk/client-eks';
import { KubeVersion } from '../../../core/version/kube-version.ts';
import { FakeEksError } from '../errors.ts';
import type { OperationContext } from '../operation-context.ts';
import { isPreviousMinor, rollbackWindowEnd } from '../rollback-eligibility.ts';
import type { ClusterRecord } from '../state/cluster-record.ts';
import type { NodegroupRecord } from '../state/nodegroup-record.ts';
import { calendarRow, reportedVersion } from '../support-calendar.ts';

export interface RollTarget {
  version: string;
  releaseVersion: string;
  kubeletVersion: string;
  launchTemplate?: { id?: string; name?: string; version?: string };
}

/** What the nodes will be, or the refusal: wrong version, wrong AMI family, wrong launch template. */
export function rollTarget(
  context: OperationContext,
  cluster: ClusterRecord,
  nodegroup: NodegroupRecord,
  input: UpdateNodegroupVersionRequest,
): RollTarget {
  const launchTemplate = launchTemplateTarget(nodegroup, input);
  if (nodegroup.amiType === 'CUSTOM') return customTarget(context, cluster, nodegroup, input, launchTemplate);
  // Without a version AWS's own texts disagree; this is what the operation's says (facts: eks.md C7).
  const version = input.version ?? nodegroup.version;
  checkVersion(context, cluster, nodegroup, version);
  const patch = calendarRow(context.state.supportCalendar, version)?.patch ?? `${version}.0`;
  const releaseVersion = input.releaseVersion ?? `${patch}-20261112`;
  if (!releaseVersion.startsWith(`${version}.`)) {
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
 * The cluster's version or its own; one minor lower only while the cluster itself could go back (facts: eks.md C1, §5.2).
 * AL2 images end at 1.32 (facts: eks.md §5.3).
 */
function checkVersion(
  context: OperationContext,
  cluster: ClusterRecord,
  nodegroup: NodegroupRecord,
  version: string,
): void {
  const target = KubeVersion.tryParse(version);
  if (target === undefined || !/^\d+\.\d+$/.test(version)) refuse('unsupported Kubernetes version');
  else {
    const rollbackEnd = rollbackWindowEnd(cluster);
    const goingBack = isPreviousMinor(cluster, version) && rollbackEnd !== undefined && context.now < rollbackEnd;
    if (version !== cluster.version && version !== nodegroup.version && !goingBack) {
      refuse(
        `Nodegroup Kubernetes version should be equal to Cluster kubernetes version ${cluster.version} or NodeGroup kubernetes version ${nodegroup.version}`,
      );
    }
    if (/^AL2_/.test(nodegroup.amiType) && KubeVersion.parse('1.32').isOlderThan(target)) {
      refuse(`AMI Type ${nodegroup.amiType} is only supported for kubernetes versions 1.32 or earlier`);
    }
  }
}

/** EKS does not know what is in a custom AMI: neither version may be named (facts: eks.md §5.2). */
function customTarget(
  context: OperationContext,
  cluster: ClusterRecord,
  nodegroup: NodegroupRecord,
  input: UpdateNodegroupVersionRequest,
  launchTemplate: RollTarget['launchTemplate'],
): RollTarget {
  if (input.version !== undefined || input.releaseVersion !== undefined) {
    refuse('You cannot specify kubernetes version or release version when the node group uses a custom AMI.');
  }
  if (launchTemplate === undefined) refuse('A launch template version is required for a node group with a custom AMI.');
  const key = `${launchTemplate?.id ?? launchTemplate?.name}:${launchTemplate?.version}`;
  const kubeletVersion =
    context.state.launchTemplateKubelets[key] ?? reportedVersion(context.state.supportCalendar, cluster.version);
  return {
    version: KubeVersion.parse(kubeletVersion).toString(),
    releaseVersion: nodegroup.releaseVersion,
    kubeletVersion,
    ...(launchTemplate === undefined ? {} : { launchTemplate }),
  };
}

/** Only a group made with a launch template has one, and it stays the same one (facts: eks.md §5.2). */
function launchTemplateTarget(
  nodegroup: NodegroupRecord,
  input: UpdateNodegroupVersionRequest,
): RollTarget['launchTemplate'] {
  const wanted = input.launchTemplate;
  if (wanted === undefined) return undefined;
  const own = nodegroup.launchTemplate;
  if (own === undefined) {
    throw new FakeEksError(
      'InvalidParameterException',
      'Launch template cannot be specified: the node group was created without one.',
    );
  }
  if (wanted.id !== undefined && wanted.name !== undefined) {
    refuse('Either the id or the name of the launch template must be specified, not both.');
  }
  const other =
    (wanted.id !== undefined && own.id !== undefined && wanted.id !== own.id) ||
    (wanted.name !== undefined && own.name !== undefined && wanted.name !== own.name);
  if (other) refuse('You cannot change the launch template of a node group, only its version.');
  return { ...own, ...(wanted.version === undefined ? {} : { version: wanted.version }) };
}

function refuse(message: string): never {
  throw new FakeEksError('InvalidParameterException', message);
}
