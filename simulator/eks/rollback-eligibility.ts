import { KubeVersion } from '../../core/version/kube-version.ts';
import { FakeEksError } from './errors.ts';
import type { ClusterRecord, FakeEksState } from './state/fake-eks-state.ts';
import { isOffered, supportStatus } from './support-calendar.ts';

const sevenDays = 7 * 86_400_000;

/** When the rollback window of the last upgrade ends; undefined when the version was not reached by an upgrade. */
export function rollbackWindowEnd(cluster: ClusterRecord): number | undefined {
  const current = cluster.versions.at(-1);
  if (current?.how !== 'upgrade' && current?.how !== 'auto-upgrade-standard') return undefined;
  return current.since + sevenDays;
}

/**
 * The prerequisites of a rollback that `force` does not override (facts: eks.md §3.2), as InvalidRequestException: AWS does not document the
 * exception. Readiness insights are not checked here.
 */
export function requireRollbackEligible(
  state: FakeEksState,
  cluster: ClusterRecord,
  target: string,
  now: number,
): void {
  const refuse = (reason: string): never => {
    throw new FakeEksError(
      'InvalidRequestException',
      `Cluster ${cluster.name} cannot be rolled back from ${cluster.version} to ${target}: ${reason}`,
    );
  };
  const how = cluster.versions.at(-1)?.how;
  if (how === 'auto-upgrade-extended') {
    refuse('it was upgraded automatically at the end of extended support');
  }
  const end = rollbackWindowEnd(cluster);
  if (end === undefined) refuse('it did not reach its current version by an upgrade');
  else if (now >= end) refuse('more than 7 days have passed since the upgrade completed');
  if (!isOffered(state.supportCalendar, target, now)) refuse(`${target} is no longer supported`);
  if (supportStatus(state.supportCalendar, target, now) === 'EXTENDED_SUPPORT' && cluster.supportType !== 'EXTENDED') {
    refuse(`${target} is in extended support and the upgrade policy of the cluster is STANDARD`);
  }
  const lacking = cluster.enabledFeatures?.find(({ since }) =>
    KubeVersion.parse(target).isOlderThan(KubeVersion.parse(since)),
  );
  if (lacking !== undefined) refuse(`${target} does not support ${lacking.name}, which is enabled`);
}

/** Whether `version` is the minor just before that of the cluster. */
export function isPreviousMinor(cluster: ClusterRecord, version: string): boolean {
  return KubeVersion.parse(version).next().equals(KubeVersion.parse(cluster.version));
}
