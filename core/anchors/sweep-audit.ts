import { CALL_SECONDS, GRACE_SECONDS } from '../contracts/mutating-calls.ts';
import { batchesOf } from '../model/batches.ts';
import type { AuditItem, Table } from '../ports/table.ts';
import { type AnchorPorts, anchorLines, isOwnItem, readAnchor } from './anchor.ts';

interface Sweep {
  /** Items that no batch had delivered, and that are anchored now. */
  readonly late: number;
  /** Items that differ from their anchor, were not written by Liftlock, or are gone: `<subject>#<sequence>`. */
  readonly differing: readonly string[];
}

const HOUR = 3_600_000;
/** A stream keeps a day. The sweep runs once a day, and may fail once. */
const LOOKS_BACK = 72 * HOUR;
/** Younger items may still be on their way. */
const ON_ITS_WAY = HOUR;
const CLOCK_SKEW = (GRACE_SECONDS - CALL_SECONDS) * 1000;
/** Anchors are read this many at a time. A busy table has thousands in three days, and reading them one by one takes minutes. */
const AT_ONCE = 16;
/** One anchor holds at most this many bytes, about as much as one batch of the stream. */
const ANCHOR_LENGTH = 4_000_000;

/**
 * Compares the audit table with the anchors, and anchors the items that the stream lost: of the last days, or of all days while the anchors are
 * younger than that.
 */
export async function sweepAudit(ports: AnchorPorts & { readonly table: Table }, of: string): Promise<Sweep> {
  const now = ports.clock.now().getTime();
  const { hashes, whole } = await recent(ports, new Date(now - LOOKS_BACK).toISOString());
  const since = new Date(whole ? 0 : now - LOOKS_BACK);
  const settled = new Date(now - ON_ITS_WAY).toISOString();
  const foreign: string[] = [];
  const late: AuditItem[] = [];
  const found = new Map<string, string>();
  for await (const item of ports.table.auditSince(since)) {
    const id = idOf(item);
    // It is the time of the read, because items that are written during the sweep are not in the future.
    const newest = new Date(ports.clock.now().getTime() + CLOCK_SKEW).toISOString();
    // Items that Liftlock did not write are reported, and never anchored.
    if (!isOwnItem(item) || item.at > newest) foreign.push(id);
    else if (!hashes.has(id) && item.at <= settled) late.push(item);
    // Only the hash is kept, because three days of whole items may not fit into the memory of the function.
    found.set(id, item.hash);
  }
  const changed = [...hashes].flatMap(([id, { hash, at }]) =>
    at >= since.toISOString() && found.get(id) !== hash ? [id] : [],
  );
  for (const batch of batchesOf(late, Number.POSITIVE_INFINITY, ANCHOR_LENGTH))
    await anchorLines(
      ports,
      of,
      batch.map((entry) => ({ entry })),
    );
  return { late: late.length, differing: [...new Set([...foreign, ...changed])] };
}

const idOf = ({ subject, sequence }: Pick<AuditItem, 'subject' | 'sequence'>): string => `${subject}#${sequence}`;

/** The items that were anchored from an instant on, and whether these are all. */
async function recent({ anchors }: AnchorPorts, since: string) {
  const hashes = new Map<string, { readonly hash: string; readonly at: string }>();
  for (let newest = await anchors.newest(); newest > 0; newest -= AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, newest) }, (_, index) => newest - index);
    for (const text of await Promise.all(numbers.map((number) => anchors.read(number)))) {
      // Nothing deletes anchors, but whoever has changed the bucket's policy may delete those whose lock has ended.
      if (text === undefined) return { hashes, whole: false };
      const { header, lines } = readAnchor(text);
      if (header.at < since) return { hashes, whole: false };
      // Anchors are read backwards, so the first anchor of an item wins.
      for (const line of lines) {
        if ('entry' in line) hashes.set(idOf(line.entry), { hash: line.entry.hash, at: line.entry.at });
      }
    }
  }
  return { hashes, whole: true };
}
