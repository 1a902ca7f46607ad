import type { Table } from '../ports/table.ts';
import { decode, put } from './entity.ts';
import { packText, unpackText } from './packed-text.ts';
import { ScanParts, scanPartition, scanPartPrefix } from './scan-entities.ts';
import { writeUnrecorded } from './unrecorded.ts';

/** Whose text it is: the progress of a run or a report. */
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
