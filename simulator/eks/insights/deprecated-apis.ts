import { KubeVersion } from '../../../core/version/kube-version.ts';
import type { ApiUsage, DeprecationRecord } from '../state/insights-state.ts';
import type { Finding, Subject } from './check.ts';

const day = 86_400_000;

/**
 * One finding per version from the next one on: requests of the last 30 days to APIs which that version removes. ERROR
 * where it is the next version, WARNING later; what was fixed stays until 30 days after its last request
 * (facts: eks.md §4.1, §4.3).
 */
export function deprecatedApiFindings({ state, cluster, now }: Subject): Finding[] {
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
