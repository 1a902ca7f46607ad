import type { Category, InsightStatusValue } from '@aws-sdk/client-eks';
import { KubeVersion } from '../../../core/version/kube-version.ts';
import { findCluster, requireManaged } from '../clusters.ts';
import { FakeEksError, required } from '../errors.ts';
import { earlierUpdate } from '../idempotency.ts';
import { refreshInsights } from '../insights/refresh.ts';
import { refuseWhileClusterUpdates } from '../one-update-at-a-time.ts';
import type { OperationContext } from '../operation-context.ts';
import { startControlPlaneUpdate } from '../progress/control-plane.ts';
import { isPreviousMinor, requireRollbackEligible } from '../rollback-eligibility.ts';
import type { ClusterRecord } from '../state/fake-eks-state.ts';
import { isOffered, parseMinor } from '../support-calendar.ts';
import { renderUpdate } from '../updates.ts';
import type { EksOperations } from './eks-operations.ts';

export const clusterVersionUpdate: EksOperations<'UpdateClusterVersion'> = {
  /**
   * Starts an upgrade to the next minor, or, when the target is one minor lower, a VersionRollback (facts: eks.md §2.1).
   * Rollback insights block unless `force`; upgrade insights do not, unless the state says that they do (facts: eks.md C3).
   */
  UpdateClusterVersion(context, input) {
    const cluster = findCluster(context.state, context.caller, input.name);
    const earlier = earlierUpdate('UpdateClusterVersion', cluster, input);
    if (earlier !== undefined) return { update: renderUpdate(earlier) };
    const version = required(input.version, 'version');
    const rollback = parseMinor(version) !== undefined && isPreviousMinor(cluster, version);
    const type = rollback ? 'VersionRollback' : 'VersionUpdate';
    const force = input.force === true;
    requireManaged(cluster);
    refuseWhileClusterUpdates(cluster, type);
    checkStatus(cluster);
    if (rollback) {
      refuseRollbackWhileAnythingUpdates(cluster);
      requireRollbackEligible(context.state, cluster, version, context.now);
      requireReadyForRollback(context, cluster, force);
    } else {
      checkVersion(context, cluster, version);
      requireNodegroupsWithinSkew(cluster, version);
      requireReadyForUpgrade(context, cluster, force);
    }
    const update = startControlPlaneUpdate(context, cluster, {
      version,
      type,
      principal: context.caller.principal,
      request: { operation: 'UpdateClusterVersion', input: { ...input } },
      ...(rollback ? { nodePhaseMinutes: input.rollbackConfig?.timeoutMinutes ?? 720 } : {}),
    });
    return { update: renderUpdate(update) };
  },
};

/** InvalidRequestException is the error for a wrong state of the cluster (facts: eks.md §2.2); its text is not known. */
function checkStatus(cluster: ClusterRecord): void {
  if (cluster.status === 'ACTIVE') return;
  throw new FakeEksError('InvalidRequestException', `Cluster ${cluster.name} is not ACTIVE, it is ${cluster.status}`);
}

/** One minor up, to a version that is offered (facts: eks.md §2.1, §2.2). */
function checkVersion(context: OperationContext, cluster: ClusterRecord, version: string): void {
  if (!isOffered(context.state.supportCalendar, version, context.now)) {
    throw new FakeEksError('InvalidParameterException', 'unsupported Kubernetes version');
  }
  if (!KubeVersion.parse(cluster.version).next().equals(KubeVersion.parse(version))) {
    throw new FakeEksError(
      'InvalidParameterException',
      `Unsupported Kubernetes minor version update from ${cluster.version} to ${version}`,
    );
  }
}

/** A rollback needs that no other update runs, neither of node groups nor of add-ons (facts: eks.md §3.2). */
function refuseRollbackWhileAnythingUpdates(cluster: ClusterRecord): void {
  const running = cluster.updates.find((update) => update.status === 'InProgress');
  if (running === undefined) return;
  const { nodegroupName, addonName } = running;
  const subject = nodegroupName === undefined ? `add-on ${addonName}` : `node group ${nodegroupName}`;
  throw new FakeEksError(
    'ResourceInUseException',
    `Cannot VersionRollback because ${subject} currently has update ${running.id} in progress`,
  );
}

/** Node groups may be at most three minors older after the hop (facts: eks.md C2). */
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

/**
 * ERROR blocks an upgrade while AWS enforces upgrade insights, which it does not do at present; `force` overrides it (facts: eks.md C3). The text is
 * from the time when AWS enforced them (hashicorp/terraform-provider-aws#42031).
 */
function requireReadyForUpgrade(context: OperationContext, cluster: ClusterRecord, force: boolean): void {
  if (context.state.enforcesUpgradeInsights !== true || force) return;
  if (blockers(cluster, 'UPGRADE_READINESS', ['ERROR']).length === 0) return;
  throw new FakeEksError(
    'InvalidStateException',
    'Upgrade readiness issues detected. Call the EKS ListInsights API to view upgrade blocking issues detected by EKS.',
  );
}

/**
 * ERROR and UNKNOWN block a rollback, after a refresh; `force` overrides them (facts: eks.md §3.3). The facts have no name for the error, so it is
 * that of an upgrade.
 */
function requireReadyForRollback(context: OperationContext, cluster: ClusterRecord, force: boolean): void {
  refreshInsights(context.state, cluster, context.now);
  if (force) return;
  const blocking = blockers(cluster, 'ROLLBACK_READINESS', ['ERROR', 'UNKNOWN']);
  if (blocking.length === 0) return;
  throw new FakeEksError('InvalidStateException', `Rollback readiness issues detected: ${blocking.join(', ')}`);
}

function blockers(cluster: ClusterRecord, category: Category, blocking: readonly InsightStatusValue[]): string[] {
  return cluster.insights.items.flatMap(({ name, category: own, insightStatus }) => {
    const status = insightStatus?.status;
    return own === category && status !== undefined && blocking.includes(status) ? [`${name} (${status})`] : [];
  });
}
