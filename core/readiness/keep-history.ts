import type { ReadinessHistory } from '../contracts/items/readiness-history.ts';
import { scanWaivers } from '../policy/applied.ts';
import type { Table, WriteOperation } from '../ports/table.ts';
import { latestScansOf, loadReport } from '../scan/fleet/report-store.ts';
import { waiverText } from '../scan/report/build-report.ts';
import { ReadinessHistories } from '../store/entities.ts';
import { decode, load, put } from '../store/entity.ts';
import { ScanSummaries } from '../store/scan-entities.ts';
import { HISTORY_MILLISECONDS, historyAfter, type LookOfHistory } from './readiness-history.ts';

/** The writes of looks to the histories of their clusters, which are read only where something has changed. */
export async function historyWrites(
  table: Pick<Table, 'get' | 'getAll' | 'queryPartition'>,
  looks: readonly LookOfHistory[],
  now: Date,
): Promise<WriteOperation[]> {
  const items = await table.getAll(looks.map(({ cluster }) => ReadinessHistories.key(cluster.clusterKey)));
  return Promise.all(
    looks.map(async (look, index) => {
      const item = items[index];
      const before = item === undefined ? undefined : decode(ReadinessHistories, item);
      const mayBeWaived = look.cluster.deletedAt === undefined && before?.data.causes.some(isOver(look)) === true;
      const waivedBy = mayBeWaived ? await waivers(table, look) : () => undefined;
      const data = historyAfter(before?.data, look, waivedBy, now);
      const isGone = look.cluster.deletedAt !== undefined;
      const expiresAt = isGone ? new Date(now.getTime() + HISTORY_MILLISECONDS) : undefined;
      return put(ReadinessHistories, data, before?.revision ?? 'absent', expiresAt);
    }),
  );
}

type Cause = ReadinessHistory['causes'][number];

const isOver =
  ({ causes }: LookOfHistory) =>
  ({ cause, owner }: Cause): boolean =>
    causes?.some((one) => one.cause === cause && one.owner === owner) === false;

/** Who applied the waiver that covers a cause, by the whole report of the last scan for its target. */
async function waivers(
  table: Pick<Table, 'get' | 'getAll' | 'queryPartition'>,
  { cluster: { clusterKey } }: LookOfHistory,
): Promise<(cause: Cause) => string | undefined> {
  const latest = (await latestScansOf(table, [clusterKey])).get(clusterKey)?.scans ?? [];
  const applied = new Map(
    (await scanWaivers(table)).map((one) => [waiverText(one.document), one.applied?.by] as const),
  );
  const reports = await Promise.all(
    latest.map(async ({ target, scannedAt }) => {
      const summary = await load(table, ScanSummaries, clusterKey, scannedAt);
      return { target, report: summary && (await loadReport(table, summary.data)) };
    }),
  );
  return ({ cause, target }) => {
    const report = reports.find((one) => one.target === target)?.report;
    const ids = new Set(report?.groups.flatMap((group) => (group.cause === cause ? group.findings : [])));
    const covered = report?.findings.find(({ id, waived }) => waived && ids.has(id));
    // A waiver that was withdrawn since, or that this version cannot read, still was a waiver.
    return covered === undefined ? undefined : (applied.get(covered.waiver ?? '') ?? covered.waiver ?? undefined);
  };
}
