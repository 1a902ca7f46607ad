import type { UpdateClusterVersionRequest, UpdateClusterVersionResponse } from '@aws-sdk/client-eks';
import { KubeVersion } from '../../../core/version/kube-version.ts';
import { findCluster } from '../clusters.ts';
import { FakeEksError, required } from '../errors.ts';
import { earlierUpdate } from '../idempotency.ts';
import type { OperationContext } from '../operation-context.ts';
import { startControlPlaneUpdate } from '../progress/control-plane.ts';
import { isPreviousMinor, requireRollbackEligible } from '../rollback-eligibility.ts';
import type { ClusterRecord } from '../state/cluster-record.ts';
import { isOffered } from '../support-calendar.ts';
import { refuseWhileUpdating, renderUpdate } from '../updates.ts';
import { requireReadyForRollback } from './rollback-gate.ts';

/**
 * Starts an upgrade to the next minor, or, when the target is one minor lower, a VersionRollback (facts: eks.md §2.1).
 * Upgrade insights do not block (facts: eks.md C3); rollback insights do unless `force`.
 */
export function updateClusterVersion(
  context: OperationContext,
  input: UpdateClusterVersionRequest & { rollbackConfig?: { timeoutMinutes?: number | undefined } | undefined },
): UpdateClusterVersionResponse {
  const cluster = findCluster(context.state, context.caller, input.name);
  const earlier = earlierUpdate('UpdateClusterVersion', cluster, input);
  if (earlier !== undefined) return { update: renderUpdate(earlier) };
  const version = required(input.version, 'version');
  checkState(context, cluster);
  checkVersion(context, cluster, version);
  const rollback = isPreviousMinor(cluster, version);
  const timeoutMinutes = input.rollbackConfig?.timeoutMinutes ?? 720;
  if (timeoutMinutes < 120 || timeoutMinutes > 10_080) {
    throw new FakeEksError('InvalidParameterException', 'rollbackConfig.timeoutMinutes must be between 120 and 10080');
  }
  if (rollback) {
    refuseRollbackWhileAnythingUpdates(cluster);
    requireRollbackEligible(context.state, cluster, version, context.now);
    requireReadyForRollback(context, cluster, input.force === true);
  } else requireNodegroupsWithinSkew(cluster, version);
  const update = startControlPlaneUpdate(context, cluster, {
    version,
    type: rollback ? 'VersionRollback' : 'VersionUpdate',
    principal: context.caller.principal,
    request: { operation: 'UpdateClusterVersion', input: { ...input } },
    ...(rollback ? { nodePhaseMinutes: timeoutMinutes } : {}),
  });
  return { update: renderUpdate(update) };
}

function checkState(context: OperationContext, cluster: ClusterRecord): void {
  refuseWhileUpdating(context, 'UpdateClusterVersion', cluster);
  if (cluster.description.connectorConfig !== undefined) {
    throw new FakeEksError(
      'InvalidRequestException',
      `Cluster ${cluster.name} is connected, not managed by Amazon EKS`,
    );
  }
  if (cluster.status !== 'ACTIVE') {
    throw new FakeEksError('InvalidRequestException', `Cluster ${cluster.name} is not ACTIVE, it is ${cluster.status}`);
  }
}

/** One minor up or one down, to a version that is offered (facts: eks.md §2.1, §2.2). */
function checkVersion(context: OperationContext, cluster: ClusterRecord, version: string): void {
  const target = /^\d+\.\d+$/.test(version) ? KubeVersion.tryParse(version) : undefined;
  const previous = target !== undefined && isPreviousMinor(cluster, version);
  if (target === undefined || (!previous && !isOffered(context.state.supportCalendar, version, context.now))) {
    throw new FakeEksError('InvalidParameterException', 'unsupported Kubernetes version');
  }
  const current = KubeVersion.parse(cluster.version);
  if (!previous && !current.next().equals(target)) {
    throw new FakeEksError(
      'InvalidParameterException',
      `Unsupported Kubernetes minor version update from ${cluster.version} to ${version}`,
    );
  }
}

/** A rollback wants no other update running, of node groups and add-ons neither (facts: eks.md §3.2). */
function refuseRollbackWhileAnythingUpdates(cluster: ClusterRecord): void {
  const running = cluster.updates.find((update) => update.status === 'InProgress');
  if (running === undefined) return;
  const subject = running.nodegroupName ?? running.addonName ?? cluster.name;
  throw new FakeEksError(
    'ResourceInUseException',
    `Cannot roll back while ${subject} has update ${running.id} in progress`,
  );
}

/** Node groups may stay behind by three minors at most after the hop (facts: eks.md C2). */
function requireNodegroupsWithinSkew(cluster: ClusterRecord, version: string): void {
  const target = KubeVersion.parse(version);
  const behind = cluster.nodegroups.filter((nodegroup) => {
    const nodes = cluster.kubernetes.nodes.filter((node) => node.nodegroupName === nodegroup.name);
    const versions = nodes.length === 0 ? [nodegroup.version] : nodes.map((node) => node.kubeletVersion);
    return versions.some((each) => KubeVersion.parse(each).minorsBehind(target) > 3);
  });
  if (behind.length > 0) {
    throw new FakeEksError(
      'InvalidRequestException',
      `Nodegroups ${behind.map((each) => each.name).join(', ')} must be updated to match cluster version ${cluster.version} before updating cluster version`,
    );
  }
}
