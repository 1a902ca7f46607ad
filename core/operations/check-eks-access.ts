import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { quoted, reason } from '../contracts/step-result.ts';
import type { AccessCheck } from './access-report.ts';
import type { ScanSeen } from './check-server-access.ts';

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
