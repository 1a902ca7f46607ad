import type { Upgrade } from '../contracts/items/protocol.ts';
import { kindOf } from '../contracts/reasons.ts';
import type { Reason } from '../contracts/step-result.ts';
import { BUDGET_ROOM } from '../nodes/drain-settings.ts';
import type { Table } from '../ports/table.ts';
import { blockersOf } from '../scan/fleet/decide-hop.ts';
import { loadReport, scansOf } from '../scan/fleet/report-store.ts';

/** One thing that keeps a cluster from its target; null where nobody knows a detail. */
export interface ClusterBlocker {
  readonly code: string;
  readonly what: string;
  readonly cause: string | null;
  readonly owner: string | null;
  readonly fix: string | null;
}

/** What ends a blocker whose own words do not say it. `PodEvictionFailure` is EKS's name. */
const ADVICE: Readonly<Record<string, string>> = {
  PodEvictionFailure: `Give the PodDisruptionBudget room: ${BUDGET_ROOM}.`,
  ClusterUnreachable: 'Give Liftlock a route to the API server, or set verification: eks-api in its policy.',
  ClusterUnauthorized: 'Grant the access entry that liftlock access manifest prints.',
  ClusterForbidden: 'Apply the RBAC that liftlock access manifest prints.',
};
const adviceFor = (code: string): string | null => ADVICE[code] ?? null;

/**
 * Everything that keeps a cluster from its target. Where a scan has stopped the cluster's last upgrade, this is all that the scan found, uncut;
 * otherwise it is the reasons that are given for the cluster.
 */
export async function findClusterBlockers(
  table: Pick<Table, 'queryPartition'>,
  last: Upgrade | undefined,
  reasons: readonly Reason[],
): Promise<ClusterBlocker[]> {
  const found = await stoppedBy(table, last);
  if (found.length > 0) return found;
  const against = reasons.filter(({ code }) => kindOf(code) !== 'told');
  return (against.length === 0 ? reasons : against).map(({ code, message }) => {
    return { code, what: message, cause: null, owner: null, fix: adviceFor(code) };
  });
}

async function stoppedBy(table: Pick<Table, 'queryPartition'>, last: Upgrade | undefined): Promise<ClusterBlocker[]> {
  const step = last?.steps['scan-cluster'];
  if (last?.status !== 'Blocked' || step?.status !== 'blocked') return [];
  // A step may have ended before there was a report, and what an older report says may be mended by now.
  const scans = await scansOf(table, last.clusterKey);
  const scan = scans.find(({ target, scannedAt }) => target === last.to && scannedAt >= step.startedAt);
  const report = scan === undefined ? undefined : await loadReport(table, scan);
  if (report === undefined) return [];
  return blockersOf(report).map(({ code, what, cause, owner, fix }) => ({
    code,
    what,
    cause,
    owner,
    fix: fix || adviceFor(code),
  }));
}
