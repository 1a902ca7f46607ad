import { KubeVersion } from '../../../core/version/kube-version.ts';
import { stableUuid } from '../identifiers.ts';
import type { ClusterRecord } from '../state/cluster-record.ts';
import type { FakeEksState } from '../state/fake-eks-state.ts';
import type { InsightRecord } from '../state/insights-state.ts';
import { addonFinding } from './addon-compatibility.ts';
import type { Finding } from './check.ts';
import { healthFinding } from './cluster-health.ts';
import { deprecatedApiFindings } from './deprecated-apis.ts';
import { rollbackFindings } from './rollback-readiness.ts';
import { skewFindings } from './version-skew.ts';

const day = 86_400_000;

/**
 * Does the daily refresh when its hour has passed. It is called before anything reads the insights and before anything
 * changes the cluster, so that a finding shows the cluster as it was at the refresh, not as it is (facts: eks.md §4.3).
 */
export function refreshWhenDue(state: FakeEksState, cluster: ClusterRecord, now: number): void {
  const last = cluster.insights.refreshedAt;
  if (last === undefined) refreshInsights(state, cluster, now);
  else if (now - last >= day) refreshInsights(state, cluster, last + Math.floor((now - last) / day) * day);
}

/** Evaluates every check of the cluster as it is, and stamps the findings with `at` (epoch milliseconds). */
export function refreshInsights(state: FakeEksState, cluster: ClusterRecord, at: number): void {
  const subject = { state, cluster, now: at };
  const next = KubeVersion.parse(cluster.version).next();
  const findings = [
    ...deprecatedApiFindings(subject),
    ...skewFindings(subject, next, 'UPGRADE_READINESS'),
    healthFinding(subject, next, 'UPGRADE_READINESS'),
    addonFinding(subject, next, 'UPGRADE_READINESS'),
    ...rollbackFindings(subject),
  ];
  const before = new Map(cluster.insights.items.map((item) => [item.id, item]));
  const names = new Set(findings.map((finding) => finding.name));
  const about = (one: { name: string; kubernetesVersion?: string | undefined }) =>
    `${one.name}/${one.kubernetesVersion}`;
  // What the checks here find as well they explain, and from then on they decide; what they do not find stays.
  const explained = new Set(findings.filter((finding) => finding.status !== 'PASSING').map(about));
  const kept = cluster.insights.items.filter(
    (item) =>
      item.imported === true && (!names.has(item.name) || (item.unexplained === true && !explained.has(about(item)))),
  );
  const standing = new Set(kept.map(about));
  cluster.insights.items = [
    ...findings.filter((finding) => !standing.has(about(finding))).map((finding) => toRecord(finding)),
    ...kept,
  ];
  cluster.insights.refreshedAt = at;

  function toRecord(finding: Finding): InsightRecord {
    const { status, reason, ...rest } = finding;
    const id = stableUuid(`${cluster.arn}@${cluster.createdAt}/${finding.name}/${finding.kubernetesVersion}`);
    const insightStatus = cluster.insights.unavailable
      ? ({ status: 'UNKNOWN', reason: 'Amazon EKS could not evaluate this check.' } as const)
      : { status, reason };
    const earlier = before.get(id);
    const same = earlier !== undefined && earlier.insightStatus?.status === insightStatus.status;
    return {
      ...rest,
      id,
      insightStatus,
      additionalInfo: {
        'EKS update cluster documentation': 'https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html',
      },
      lastRefreshTime: at,
      lastTransitionTime: same ? earlier.lastTransitionTime : at,
    };
  }
}
