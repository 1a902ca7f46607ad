import { CALL_SECONDS, GRACE_SECONDS } from '../contracts/mutating-calls.ts';
import { batchesOf } from '../model/batches.ts';
import type { AuditItem, Table } from '../ports/table.ts';
import { type AnchorPorts, anchorLines, isOwnItem, readAnchor } from './anchor.ts';

interface Sweep {
  /** Items that no batch had brought, and that are anchored now. */
  readonly late: number;
  /** Items that are not what was anchored, that Liftlock did not write, or that are gone: `<subject>#<sequence>`. */
  readonly differing: readonly string[];
}

const HOUR = 3_600_000;
/** A stream forgets after a day; the sweep comes once a day, and may fail once. */
const LOOKS_BACK = 72 * HOUR;
/** What is younger may still be on its way. */
const ON_ITS_WAY = HOUR;
const CLOCK_SKEW = (GRACE_SECONDS - CALL_SECONDS) * 1000;
/** Anchors that are read at one time: a busy table has thousands in three days, and one after the other they would take minutes. */
const AT_ONCE = 16;
/** Texts of so many characters make one anchor, about what one batch of the stream has at most. */
const ANCHOR_LENGTH = 4_000_000;

/**
 * Compares what the audit table holds with what was anchored, and anchors what the stream lost: of the last days, and of all days while the
 * anchors themselves are younger than that.
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
    // Not of when the sweep began: what is written while it reads is no item of a time to come.
    const newest = new Date(ports.clock.now().getTime() + CLOCK_SKEW).toISOString();
    // What Liftlock did not write is told, and never becomes an anchor's item.
    if (!isOwnItem(item) || item.at > newest) foreign.push(id);
    else if (!hashes.has(id) && item.at <= settled) late.push(item);
    // Of what is anchored the hash alone is kept: three days of whole items may be more than a function holds.
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

/** What was anchored from an instant on, and whether that is all there is. */
async function recent({ anchors }: AnchorPorts, since: string) {
  const hashes = new Map<string, { readonly hash: string; readonly at: string }>();
  for (let newest = await anchors.newest(); newest > 0; newest -= AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, newest) }, (_, index) => newest - index);
    for (const text of await Promise.all(numbers.map((number) => anchors.read(number)))) {
      // The oldest ones go when their time is over.
      if (text === undefined) return { hashes, whole: false };
      const { header, lines } = readAnchor(text);
      if (header.at < since) return { hashes, whole: false };
      // Backwards: what was anchored first stays.
      for (const line of lines) {
        if ('entry' in line) hashes.set(idOf(line.entry), { hash: line.entry.hash, at: line.entry.at });
      }
    }
  }
  return { hashes, whole: true };
}
