import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { quoted, reason } from '../contracts/step-result.ts';
import { allPolicies, policyOf } from '../policy/policy-of.ts';
import type { Ports } from '../ports/ports.ts';
import { upgradesOf } from '../queries/cluster-detail.ts';
import { shortId } from '../queries/find-cluster.ts';
import { scansOf } from '../scan/fleet/report-store.ts';
import { type AccessCheck, type AccessReport, accessStatus } from './access-report.ts';
import { checkServerFromScans, type ScanSeen, scanSeen } from './check-server-access.ts';

/** What discovery and the last scan met, and what nobody has looked at. Nothing is asked of the cluster: the API has no way there. */
export async function checkAccess({ table }: Pick<Ports, 'table'>, record: ClusterRecord): Promise<AccessReport> {
  const match = policyOf(record, await allPolicies(table));
  const verification = match.type === 'one' ? match.policy.spec.verification : null;
  const seen = scanSeen(await upgradesOf(table, record.clusterKey), await scansOf(table, record.clusterKey));
  const checks = [...checkEksFromInventory(record, seen), ...checkServerFromScans(seen)];
  return {
    cluster: shortId(record),
    clusterKey: record.clusterKey,
    verification,
    status: accessStatus(checks, verification),
    checks,
  };
}

const EKS_READS = ['cluster', 'node groups', 'add-ons', 'Fargate profiles', 'insights', 'updates'] as const;

/** What discovery and the daily deep look met last; updates are read by scans alone. */
export function checkEksFromInventory(record: ClusterRecord, seen: ScanSeen | undefined): AccessCheck[] {
  const asOf = record.lastSeenAt;
  const denied = record.conditions.find(({ type, status }) => type === 'Reachable' && status !== 'True');
  return EKS_READS.map((what): AccessCheck => {
    if (denied !== undefined) {
      const why = quoted(denied.reason, denied.message);
      return { part: 'EKS API', what, status: 'Refused', reason: why, asOf: denied.lastTransitionTime };
    }
    const unreadable = record.unreadable.find(({ message }) => message.startsWith(`${what}: `));
    if (unreadable !== undefined) return { part: 'EKS API', what, status: 'Refused', reason: unreadable, asOf };
    if (what !== 'updates') return { part: 'EKS API', what, status: 'Readable', asOf };
    if (seen !== undefined) return { part: 'EKS API', what, status: 'Readable', asOf: seen.at };
    const why = reason('NotChecked', 'Discovery does not read updates; a scan does.');
    return { part: 'EKS API', what, status: 'NotChecked', reason: why, asOf: null };
  });
}
