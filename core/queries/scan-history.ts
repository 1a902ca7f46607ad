import { namedError } from '../contracts/errors.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { ScanRun, ScanSummary } from '../contracts/items/scan.ts';
import { shortId } from '../model/cluster-key.ts';
import type { Ports } from '../ports/ports.ts';
import { loadReport, scansOf } from '../scan/fleet/report-store.ts';
import { loadRun } from '../scan/fleet/run-store.ts';
import type { ScanReport } from '../scan/report/report-schema.ts';
import { invalidInput } from './refusal.ts';

export type ScanView = Omit<ScanSummary, 'clusterKey' | 'parts'>;

/** This many findings of a report fit into one answer of Lambda, however long they are. */
const FINDINGS = 1_000;

const scanView = ({ clusterKey: _, parts: __, ...view }: ScanSummary): ScanView => view;

/** The scans of a cluster, the newest first. */
export async function scanHistory(table: Ports['table'], cluster: ClusterRecord, limit: number): Promise<ScanView[]> {
  return (await scansOf(table, cluster.clusterKey)).slice(0, limit).map(scanView);
}

/** A page of a report: everything but the findings, which go on after `next`. */
export interface ReportPage extends ScanReport {
  readonly next?: string;
}

/** The report of one time, or the newest one, for one target where it is given. Fails with `ScanNotFound`. */
export async function scanReport(
  table: Ports['table'],
  cluster: ClusterRecord,
  which: { readonly scannedAt?: string | undefined; readonly target?: string | undefined },
  after = 0,
): Promise<ReportPage> {
  const { scannedAt, target } = which;
  const found = (await scansOf(table, cluster.clusterKey)).find(
    (scan) =>
      (scannedAt === undefined || scan.scannedAt === scannedAt) && (target === undefined || scan.target === target),
  );
  const report = found === undefined ? undefined : await loadReport(table, found);
  if (report === undefined) throw scanNotFound(cluster, which);
  const findings = report.findings.slice(after, after + FINDINGS);
  const next = after + findings.length;
  return { ...report, findings, ...(next < report.findings.length ? { next: String(next) } : {}) };
}

/** Where a scan stands that a person has asked for, by its name. Fails with `ScanNotFound`. */
export async function scanRun(
  ports: Pick<Ports, 'table' | 'executions'>,
  cluster: ClusterRecord,
  name: string,
): Promise<ScanRunView> {
  if (!/^[\w.-]{1,80}$/.test(name)) throw invalidInput('A scan is named as the API named it.');
  const run = await loadRun(ports.table, ports.executions.arnFor('scan-cluster', name));
  if (run === undefined || run.data.clusterKey !== cluster.clusterKey)
    throw namedError(
      'ScanNotFound',
      `No scan ${name} of ${shortId(cluster)} is known. They are forgotten after a day.`,
    );
  return scanRunView(cluster, run.data);
}

function scanNotFound(
  cluster: ClusterRecord,
  { scannedAt, target }: { readonly scannedAt?: string | undefined; readonly target?: string | undefined },
): Error {
  const of = `${target === undefined ? '' : ` for ${target}`}${scannedAt === undefined ? '' : ` of ${scannedAt}`}`;
  const how = `liftlock scan cluster ${shortId(cluster)}${target === undefined ? '' : ` --target ${target}`}`;
  return namedError('ScanNotFound', `There is no scan of ${shortId(cluster)}${of}. Run: ${how}`);
}

/** Where a scan stands that a person has asked for. */
export type ScanRunView = ReturnType<typeof scanRunView>;

export function scanRunView(cluster: ClusterRecord, run: ScanRun) {
  const { target, execution, status, startedAt, read, left, reasons } = run;
  return {
    cluster: shortId(cluster),
    target,
    /** The name of the scan, to ask for it again. */
    name: execution.split(':').at(-1) ?? '',
    execution,
    status,
    requestedBy: run.requestedBy ?? null,
    startedAt,
    read,
    left,
    /** The time of the scan's report; null while there is none. */
    scannedAt: run.scannedAt ?? null,
    reasons,
  };
}
