import type { Category } from '@aws-sdk/client-eks';
import { KubeVersion } from '../../../core/version/kube-version.ts';
import { compatibleVersions, isCompatible } from '../addon-catalog.ts';
import { stableUuid } from '../identifiers.ts';
import { rollbackWindowEnd } from '../rollback-eligibility.ts';
import type { ClusterRecord, FakeEksState } from '../state/fake-eks-state.ts';
import type { ApiUsage, DeprecationRecord, InsightRecord } from '../state/insights-state.ts';
import type { Finding, Subject } from './check.ts';
import { skewFindings } from './version-skew.ts';

/** Compares installed add-ons with the catalog of that minor, which is all that EKS does (facts: eks.md §4.3). */
function addonFinding({ state, cluster }: Subject, target: KubeVersion, category: Category): Finding {
  const minor = target.toString();
  const bad = cluster.addons.filter((addon) => !isCompatible(state.addonVersions, addon.name, addon.version, minor));
  const rollback = category === 'ROLLBACK_READINESS';
  const words = rollback ? 'the previous version of Kubernetes' : 'the next version of Kubernetes';
  return {
    name: rollback ? 'EKS add-on version rollback compatibility' : 'EKS add-on version compatibility',
    category,
    kubernetesVersion: minor,
    description: `Checks version of installed EKS add-ons to ensure they are compatible with ${words}.`,
    status: bad.length === 0 ? 'PASSING' : 'ERROR',
    reason:
      bad.length === 0
        ? `All installed EKS add-on versions are compatible with ${words}.`
        : `Installed EKS add-on versions are not compatible with ${words}: ${bad.map((addon) => `${addon.name} ${addon.version}`).join(', ')}.`,
    recommendation: `Update the add-ons to a version that is compatible with ${words}.`,
    resources: bad.map((addon) => ({ insightStatus: { status: 'ERROR' }, arn: addon.arn })),
    addonCompatibilityDetails: rollback
      ? []
      : bad.map((addon) => ({
          name: addon.name,
          compatibleVersions: compatibleVersions(state.addonVersions, addon.name, minor),
        })),
  };
}

/** `health.issues` of the cluster, as a readiness finding. */
function healthFinding({ cluster }: Subject, target: KubeVersion, category: Category): Finding {
  const issues = cluster.healthIssues;
  const rollback = category === 'ROLLBACK_READINESS';
  return {
    name: rollback ? 'Cluster health rollback compatibility' : 'Cluster health issues',
    category,
    kubernetesVersion: target.toString(),
    description: `Checks for any cluster health issues that prevent a successful ${rollback ? 'rollback to the previous' : 'upgrade to the next'} Kubernetes version on EKS.`,
    status: issues.length === 0 ? 'PASSING' : 'ERROR',
    reason:
      issues.length === 0
        ? 'No cluster health issues detected.'
        : `Cluster health issues detected: ${issues.map((issue) => issue.code).join(', ')}.`,
    recommendation: 'Resolve the issues that DescribeCluster lists in health.issues.',
    resources: issues.length === 0 ? [] : [{ insightStatus: { status: 'ERROR' }, arn: cluster.arn }],
  };
}

const day = 86_400_000;

/**
 * Runs the daily refresh when its hour has passed. It is called before anything reads the insights and before anything changes the cluster, so that a
 * finding shows the cluster at the refresh, not the present one (facts: eks.md §4.3).
 */
export function refreshWhenDue(state: FakeEksState, cluster: ClusterRecord, now: number): void {
  const last = cluster.insights.refreshedAt;
  if (last === undefined) refreshInsights(state, cluster, now);
  else if (now - last >= day) refreshInsights(state, cluster, last + Math.floor((now - last) / day) * day);
}

/** Evaluates every check on the present cluster, and stamps the findings with `at` (epoch milliseconds). */
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
  // An imported finding that a check here also finds is decided by that check from then on; the others stay.
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

/** Findings about going back one minor; none outside the seven days after an upgrade (facts: eks.md §3.3). */
function rollbackFindings(subject: Subject): Finding[] {
  const end = rollbackWindowEnd(subject.cluster);
  if (end === undefined || subject.now >= end) return [];
  const current = KubeVersion.parse(subject.cluster.version);
  const previous = KubeVersion.parse(`${current.major}.${current.minor - 1}`);
  return [
    apiFinding(subject, previous),
    healthFinding(subject, previous, 'ROLLBACK_READINESS'),
    ...skewFindings(subject, previous, 'ROLLBACK_READINESS'),
    addonFinding(subject, previous, 'ROLLBACK_READINESS'),
    ...(subject.cluster.description.computeConfig?.enabled === true ? [autoModeFinding(subject, previous)] : []),
  ];
}

function apiFinding({ cluster }: Subject, previous: KubeVersion): Finding {
  const unknown = cluster.insights.newerObjects.filter((each) => previous.isOlderThan(KubeVersion.parse(each.since)));
  return {
    name: 'API usage rollback compatibility',
    category: 'ROLLBACK_READINESS',
    kubernetesVersion: previous.toString(),
    description: `Checks for API usage that Kubernetes v${previous} does not support.`,
    status: unknown.length === 0 ? 'PASSING' : 'ERROR',
    reason: unknown.length === 0 ? 'No incompatible API usage detected.' : 'Incompatible API usage detected.',
    recommendation: `Delete or change the objects that Kubernetes v${previous} does not know.`,
    resources: unknown.map((each) => ({ insightStatus: { status: 'ERROR' }, kubernetesResourceUri: each.uri })),
  };
}

function autoModeFinding({ cluster }: Subject, previous: KubeVersion): Finding {
  const held = cluster.kubernetes.nodes.filter((node) => node.doNotDisrupt === true);
  const strict = cluster.kubernetes.podDisruptionBudgets.filter((budget) => budget.maxUnavailable === 0);
  const status = held.length > 0 ? 'ERROR' : strict.length > 0 ? 'WARNING' : 'PASSING';
  return {
    name: 'Auto Mode node disruption rollback compatibility',
    category: 'ROLLBACK_READINESS',
    kubernetesVersion: previous.toString(),
    description: 'Checks for disruption controls that keep Auto Mode nodes from being replaced.',
    status,
    reason: status === 'PASSING' ? 'Auto Mode nodes can be replaced.' : 'Disruption controls block Auto Mode nodes.',
    recommendation: 'Remove do-not-disrupt annotations and budgets that allow no disruption.',
    resources: held.map((node) => ({
      insightStatus: { status: 'ERROR' },
      kubernetesResourceUri: `nodes/${node.name}`,
    })),
  };
}

/**
 * One finding per version from the next one on, for requests of the last 30 days to APIs which that version removes. ERROR for the next version,
 * WARNING for later ones. A repaired client stays until 30 days after its last request (facts: eks.md §4.1, §4.3).
 */
function deprecatedApiFindings({ state, cluster, now }: Subject): Finding[] {
  const current = KubeVersion.parse(cluster.version);
  const next = current.next();
  const targets = state.supportCalendar
    .map((row) => KubeVersion.parse(row.minor))
    .filter((version) => current.isOlderThan(version));
  for (const usage of cluster.insights.apiUsage) {
    const removal = KubeVersion.parse(usage.stopServingVersion);
    if (current.isOlderThan(removal) && !targets.some((each) => each.equals(removal))) targets.push(removal);
  }
  if (targets.length === 0) targets.push(next);
  return targets.map((target) => {
    const details = cluster.insights.apiUsage
      .filter((usage) => KubeVersion.parse(usage.stopServingVersion).equals(target))
      .flatMap((usage) => deprecationOf(usage, now));
    const status = details.length === 0 ? 'PASSING' : target.equals(next) ? 'ERROR' : 'WARNING';
    return {
      name: `Deprecated APIs removed in Kubernetes v${target}`,
      category: 'UPGRADE_READINESS',
      kubernetesVersion: target.toString(),
      description: `Checks for usage of deprecated APIs that are scheduled for removal in Kubernetes v${target}. Upgrading your cluster before migrating to the updated APIs supported by v${target} could cause application impact.`,
      status,
      reason:
        details.length === 0
          ? 'No deprecated API usage detected within the last 30 days.'
          : 'Deprecated API usage detected within last 30 days.',
      recommendation: `Update manifests and API clients to use newer Kubernetes APIs if applicable before upgrading to Kubernetes v${target}.`,
      deprecationDetails: details,
    };
  });
}

function deprecationOf(usage: ApiUsage, now: number): DeprecationRecord[] {
  const clientStats = usage.clients
    .map((client) => ({ ...client, lastRequestTime: client.active ? now - 60_000 : client.lastRequestTime }))
    .filter((client) => now - client.lastRequestTime < 30 * day)
    .map((client) => ({
      userAgent: client.userAgent,
      numberOfRequestsLast30Days: Math.max(
        1,
        Math.round(client.requestsPerDay * (30 - Math.floor((now - client.lastRequestTime) / day))),
      ),
      lastRequestTime: client.lastRequestTime,
    }));
  if (clientStats.length === 0) return [];
  const { clients: _clients, ...api } = usage;
  return [{ ...api, clientStats }];
}
