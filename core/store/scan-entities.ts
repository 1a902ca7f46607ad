import { latestScans, scanPart, scanRun, scanSummary } from '../contracts/items/scan.ts';
import { clusterPartition, defineEntity, key, ofCluster, padded } from './entities.ts';

/** Items of scans (docs/data-model.md). What is large lies in a partition of its own: nothing else about a cluster waits for it. */

export const scanPartition = (clusterKey: string): string => `SCANS#${clusterKey}`;

/** The last instant that a Date knows; what is left until then sorts the newest first. */
const LAST_INSTANT = 8_640_000_000_000_000;
/** Sorts the newest first. */
export function newestFirst(instant: string): string {
  const time = Date.parse(instant);
  // The documentation asks for the pattern of a key with the name of its part.
  return Number.isNaN(time) ? instant : padded(LAST_INSTANT - time, 16);
}

export const SCAN_SUMMARIES = 'SCAN#';
export const ScanSummaries = defineEntity(
  'ScanSummary',
  scanSummary,
  ['clusterKey', 'scannedAt'],
  (clusterKey, scannedAt) => key(clusterPartition(clusterKey), `${SCAN_SUMMARIES}${newestFirst(scannedAt)}`),
);

export const LatestScanItems = ofCluster('LatestScans', latestScans, 'LATEST-SCANS');

export const ScanRuns = defineEntity('ScanRun', scanRun, ['execution'], (execution) =>
  key(`SCAN-RUN#${execution}`, 'RUN'),
);

export const scanPartPrefix = (owner: string): string => `PART#${owner}#`;
export const ScanParts = defineEntity(
  'ScanPart',
  scanPart,
  ['clusterKey', 'owner', 'part'],
  (clusterKey, owner, part) => key(scanPartition(clusterKey), `${scanPartPrefix(owner)}${padded(part, 3)}`),
);
