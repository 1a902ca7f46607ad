import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { ScanRun } from '../contracts/items/scan.ts';
import type { Reason } from '../contracts/step-result.ts';
import { shortId } from './find-cluster.ts';

/** Where a scan stands that somebody has asked for. */
export interface ScanRunView {
  readonly cluster: string;
  readonly target: string;
  /** Its name, to ask for it again. */
  readonly name: string;
  readonly execution: string;
  readonly status: ScanRun['status'];
  readonly requestedBy: string | null;
  readonly startedAt: string;
  /** Objects that were read so far. */
  readonly read: number;
  /** Lists and other things still to be read; 0 before it began. */
  readonly left: number;
  /** Time of its report; null while there is none. */
  readonly scannedAt: string | null;
  /** Why it ended as it did. */
  readonly reasons: readonly Reason[];
}

export function scanRunView(cluster: ClusterRecord, run: ScanRun): ScanRunView {
  const { target, execution, status, startedAt, read, left, reasons } = run;
  return {
    cluster: shortId(cluster),
    target,
    name: execution.split(':').at(-1) ?? '',
    execution,
    status,
    requestedBy: run.requestedBy ?? null,
    startedAt,
    read,
    left,
    scannedAt: run.scannedAt ?? null,
    reasons,
  };
}
