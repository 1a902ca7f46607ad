import {
  type LatestScans,
  latestScans,
  type ScanPart,
  type ScanRun,
  type ScanSummary,
  scanPart,
  scanRun,
  scanSummary,
} from '../contracts/items/scan.ts';
import type { ItemKey } from '../ports/table.ts';
import { clusterPartition } from './entities.ts';
import type { Entity } from './entity.ts';

/** Items of scans (docs/data-model.md). What is large lies in a partition of its own: nothing else about a cluster waits for it. */

const key = (pk: string, sk: string): ItemKey => ({ pk, sk });
const padded = (number: number, digits: number): string => String(number).padStart(digits, '0');
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
export const ScanSummaries: Entity<ScanSummary, [clusterKey: string, scannedAt: string]> = {
  kind: 'ScanSummary',
  schema: scanSummary,
  key: (clusterKey, scannedAt) => key(clusterPartition(clusterKey), `${SCAN_SUMMARIES}${newestFirst(scannedAt)}`),
  keyOf: (data) => key(clusterPartition(data.clusterKey), `${SCAN_SUMMARIES}${newestFirst(data.scannedAt)}`),
  active: () => false,
};

export const LatestScanItems: Entity<LatestScans, [clusterKey: string]> = {
  kind: 'LatestScans',
  schema: latestScans,
  key: (clusterKey) => key(clusterPartition(clusterKey), 'LATEST-SCANS'),
  keyOf: (data) => key(clusterPartition(data.clusterKey), 'LATEST-SCANS'),
  active: () => false,
};

export const ScanRuns: Entity<ScanRun, [execution: string]> = {
  kind: 'ScanRun',
  schema: scanRun,
  key: (execution) => key(`SCAN-RUN#${execution}`, 'RUN'),
  keyOf: (data) => key(`SCAN-RUN#${data.execution}`, 'RUN'),
  active: () => false,
};

export const scanPartPrefix = (owner: string): string => `PART#${owner}#`;
export const ScanParts: Entity<ScanPart, [clusterKey: string, owner: string, part: number]> = {
  kind: 'ScanPart',
  schema: scanPart,
  key: (clusterKey, owner, part) => key(scanPartition(clusterKey), `${scanPartPrefix(owner)}${padded(part, 3)}`),
  keyOf: (data) => key(scanPartition(data.clusterKey), `${scanPartPrefix(data.owner)}${padded(data.part, 3)}`),
  active: () => false,
};
