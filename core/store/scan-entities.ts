import { latestScans, scanPart, scanRun, scanSummary } from '../contracts/items/scan.ts';
import { fromBase64, gunzip, pack } from '../encoding/bytes.ts';
import type { Table } from '../ports/table.ts';
import { writeUnrecorded } from './change.ts';
import { clusterPartition, defineEntity, key, ofCluster, padded } from './entities.ts';
import { decode, put } from './entity.ts';

/** Items of scans (docs/data-model.md). Large ones have a partition of their own, so that no other reading about a cluster has to wait for them. */

const scanPartition = (clusterKey: string): string => `SCANS#${clusterKey}`;

/** The last instant that a Date knows; the time left until then sorts the newest item first. */
const LAST_INSTANT = 8_640_000_000_000_000;
/** The part of a key that sorts the newest item first. */
export function newestFirst(instant: string): string {
  const time = Date.parse(instant);
  // The documentation passes the name of the part instead of an instant, to show the pattern of the key.
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

const scanPartPrefix = (owner: string): string => `PART#${owner}#`;
export const ScanParts = defineEntity(
  'ScanPart',
  scanPart,
  ['clusterKey', 'owner', 'part'],
  (clusterKey, owner, part) => key(scanPartition(clusterKey), `${scanPartPrefix(owner)}${padded(part, 3)}`),
);

/** The owner of a text that is kept in parts: the progress of a run, or a report. */
export interface PartsOwner {
  readonly clusterKey: string;
  readonly owner: string;
}

/**
 * Keeps a text in as many items as it takes and returns their number. Each part is written by itself, over whatever was there, so the item that names
 * the parts has to be written afterwards.
 */
export async function saveParts(
  table: Pick<Table, 'transact'>,
  { clusterKey, owner }: PartsOwner,
  text: string,
  expiresAt: Date,
): Promise<number> {
  const parts = packText(text);
  for (const [part, content] of parts.entries()) {
    await writeUnrecorded(table, [put(ScanParts, { clusterKey, owner, part, text: content }, 'any', expiresAt)]);
  }
  return parts.length;
}

/** The text from its parts; undefined when it is not there any more, or not whole. */
export async function loadParts(
  table: Pick<Table, 'queryPartition'>,
  { clusterKey, owner }: PartsOwner,
  count: number,
): Promise<string | undefined> {
  const items = await table.queryPartition(scanPartition(clusterKey), scanPartPrefix(owner));
  const parts = items.map((item) => decode(ScanParts, item).data.text).slice(0, count);
  if (parts.length < count) return undefined;
  try {
    return unpackText(parts);
  } catch {
    return undefined;
  }
}

/** Base64 characters in one item: an item of the table holds 400 KiB, with keys and everything else. */
const PART_CHARACTERS = 300_000;

/** A text up to this many characters is kept as it is: packing takes longer than it saves, since DynamoDB counts whole kilobytes. */
const PLAIN_CHARACTERS = 4_000;

/** gzip always begins with these characters in base64. */
const isPacked = (part: string): boolean => part.startsWith('H4sI');

/** A text as parts that each fit into one item: a short text as it is, any other as gzip in base64. */
export function packText(text: string): string[] {
  if (text.length <= PLAIN_CHARACTERS && !isPacked(text)) return [text];
  const packed = pack(text);
  const parts: string[] = [];
  for (let at = 0; at < packed.length; at += PART_CHARACTERS) parts.push(packed.slice(at, at + PART_CHARACTERS));
  return parts;
}

/** @throws when the parts are not those of one text. */
export function unpackText(parts: readonly string[]): string {
  const [only = ''] = parts;
  if (parts.length === 1 && !isPacked(only)) return only;
  return new TextDecoder().decode(gunzip(fromBase64(parts.join(''))));
}
