import { latestScans, scanPart, scanRun, scanSummary } from '../contracts/items/scan.ts';
import { fromBase64, gunzip, gzip, toBase64 } from '../encoding/bytes.ts';
import type { Table } from '../ports/table.ts';
import { clusterPartition, defineEntity, key, ofCluster, padded } from './entities.ts';
import { decode, put } from './entity.ts';
import { writeUnrecorded } from './unrecorded.ts';

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

/** What the text belongs to: the progress of a run or a report. */
export interface PartsOwner {
  readonly clusterKey: string;
  readonly owner: string;
}

/**
 * Keeps a text in as many items as it takes and gives their number. Each goes by itself, whatever lay there: an item that names them is to
 * be written afterwards.
 */
export async function saveParts(
  table: Pick<Table, 'transact'>,
  { clusterKey, owner }: PartsOwner,
  text: string,
  expiresAt: Date,
): Promise<number> {
  const parts = await packText(text);
  for (const [part, content] of parts.entries()) {
    await writeUnrecorded(table, [put(ScanParts, { clusterKey, owner, part, text: content }, 'any', expiresAt)]);
  }
  return parts.length;
}

/** Undefined when it is not there any more, or not whole. */
export async function loadParts(
  table: Pick<Table, 'queryPartition'>,
  { clusterKey, owner }: PartsOwner,
  count: number,
): Promise<string | undefined> {
  const items = await table.queryPartition(scanPartition(clusterKey), scanPartPrefix(owner));
  const parts = items.map((item) => decode(ScanParts, item).data.text).slice(0, count);
  if (parts.length < count) return undefined;
  try {
    return await unpackText(parts);
  } catch {
    return undefined;
  }
}

/** Base64 characters in one item: a table's item holds 400 KiB, keys and the rest included. */
const PART_CHARACTERS = 300_000;

/** Characters of a text that is kept as it is: packing takes longer than it saves where DynamoDB counts whole kilobytes. */
const PLAIN_CHARACTERS = 4_000;

/** What gzip begins with, in base64. */
const isPacked = (part: string): boolean => part.startsWith('H4sI');

/** Text as parts that each fit into one item: a short one as it is, any other as gzip in base64. */
export async function packText(text: string): Promise<string[]> {
  if (text.length <= PLAIN_CHARACTERS && !isPacked(text)) return [text];
  const packed = toBase64(await gzip(text));
  const parts: string[] = [];
  for (let at = 0; at < packed.length; at += PART_CHARACTERS) parts.push(packed.slice(at, at + PART_CHARACTERS));
  return parts;
}

/** @throws when the parts are not those of one text. */
export async function unpackText(parts: readonly string[]): Promise<string> {
  const [only = ''] = parts;
  if (parts.length === 1 && !isPacked(only)) return only;
  return new TextDecoder().decode(await gunzip(fromBase64(parts.join(''))));
}
