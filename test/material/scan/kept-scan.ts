import type { ScanSummary } from '../../../core/contracts/items/scan.ts';
import { put } from '../../../core/store/entity.ts';
import { LatestScanItems, ScanSummaries } from '../../../core/store/scan-entities.ts';

/** A scan as `saveReport` keeps it: in the cluster's history and in the copy for lists. */
export const keptScan = (summary: ScanSummary) => {
  const { execution: _, unread: __, parts: ___, clusterKey, ...latest } = summary;
  return [put(ScanSummaries, summary, 'absent'), put(LatestScanItems, { clusterKey, scans: [latest] }, 'absent')];
};
