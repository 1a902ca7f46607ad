import type { Upgrade } from '../contracts/items/protocol.ts';
import type { ScanSummary } from '../contracts/items/scan.ts';
import { type AnyCode, kindOf, readCode } from '../contracts/reasons.ts';
import type { Reason } from '../contracts/step-result.ts';
import { BUDGET_ROOM } from '../nodes/drain-settings.ts';
import type { Table } from '../ports/table.ts';
import { budgetPatch } from '../scan/drain/budget-patch.ts';
import { blockersOf } from '../scan/fleet/decide-hop.ts';
import { loadReport, scansOf } from '../scan/fleet/report-store.ts';
import { ENTRY_OF_OLD_ROLE } from './access-manifest.ts';

/** One thing that keeps a cluster from its target; null where nobody knows a detail. */
export interface ClusterBlocker {
  readonly code: string;
  readonly what: string;
  readonly cause: string | null;
  readonly owner: string | null;
  readonly fix: string | null;
}

/** What ends a blocker whose own words do not say it. */
const ADVICE: Readonly<Record<string, string>> = {
  ClusterUnreachable: 'Give Liftlock a route to the API server, or set verification: eks-api in its policy.',
  ClusterUnauthorized: `Grant the access entry that liftlock access manifest prints. ${ENTRY_OF_OLD_ROLE}`,
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
  const told = (against.length === 0 ? reasons : against).map(async ({ code, message }): Promise<ClusterBlocker> => {
    const fix = code === NOT_EVICTED ? await roomFor(table, last?.clusterKey, message) : adviceFor(code);
    return { code, what: message, cause: null, owner: null, fix };
  });
  return Promise.all(told);
}

/** EKS's own name for a roll that a PodDisruptionBudget has stopped; EKS does not tell which one. */
const NOT_EVICTED: AnyCode = readCode('PodEvictionFailure');
/** As many as a person repairs before looking again. */
const MOST_BUDGETS = 3;

/**
 * What has the pods go: the repair that the newest scan names, also where a waiver lets it pass; else the command for the budgets that the failure
 * names; else where to see them.
 */
async function roomFor(
  table: Pick<Table, 'queryPartition'>,
  clusterKey: string | undefined,
  message: string,
): Promise<string> {
  const [newest] = clusterKey === undefined ? [] : (await scansOf(table, clusterKey)).sort(newestScan);
  const report = newest && (await loadReport(table, newest));
  const stuck = report?.findings.filter(({ rule }) => rule === 'DrainStuck') ?? [];
  if (stuck.length > 0)
    return stuck
      .slice(0, MOST_BUDGETS)
      .map(({ message: what, fix }) => `${what} ${fix}`)
      .join(' ');
  const named = [...message.matchAll(/\b([a-z0-9-]+)\/[a-z0-9.-]+: [^;]*?disruption budget ([a-z0-9][a-z0-9.-]*) /g)];
  const patches = new Set(named.map(([, namespace = '', name = '']) => budgetPatch({ namespace, name })));
  const room = `Give the PodDisruptionBudget room: ${BUDGET_ROOM}.`;
  if (patches.size === 0) return `${room} Which one allows no disruption shows: kubectl get pdb -A`;
  return `${room} Run: ${[...patches].slice(0, MOST_BUDGETS).join(' ; ')}`;
}

const newestScan = (a: ScanSummary, b: ScanSummary): number => (a.scannedAt < b.scannedAt ? 1 : -1);

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
