import { canonicalJson, sha256Hex } from '../hash/canonical-json.ts';
import type { AuditHead, AuditItem, Expected, StoredItem, Table, WriteOperation } from '../ports/table.ts';
import { frozenJson } from './frozen-json.ts';
import { withConditions } from './with-conditions.ts';

/** An entry for the record of a subject. Its place in the chain (sequence and hashes) is added when it is written. */
export type AuditEntry = Pick<AuditItem, 'subject' | 'event' | 'principal' | 'detail'>;

/** The writes for the record, which are those whose revision is known; caches (`any`) are not part of it. */
function writesOf(operations: readonly WriteOperation[]): readonly StoredItem[] {
  const writes = operations.flatMap((operation): StoredItem[] => {
    if (operation.type !== 'put' || operation.revision === undefined) return [];
    const { pk, sk, kind, active, data } = operation.item;
    const { revision } = operation;
    return [{ pk, sk, kind, active, revision, data }];
  });
  return Object.freeze(writes.map((write) => Object.freeze(write)));
}

/** Turns the data of a write into frozen JSON once, so that the table and the audit keep the same object. */
function withFrozenData(operation: WriteOperation): WriteOperation {
  if (operation.type !== 'put') return operation;
  return { ...operation, item: { ...operation.item, data: frozenJson(operation.item.data) } };
}

/** Adds the revision that a write will have, so that the audit can tell it in the same transaction. */
function withRevision(operation: WriteOperation, at: Date): WriteOperation {
  if (operation.type !== 'put' || operation.expect === 'any') return operation;
  return { ...operation, revision: nextRevision(operation.expect, at) };
}

/** The longest `expiresAt`, which is not part of the record. */
const EXPIRY_LENGTH = 40;

/** Adds an upper bound of an item's length: a write that is part of a record is no longer than the record. */
function withLength(operation: WriteOperation, ofRecord: number | undefined): WriteOperation {
  if (ofRecord === undefined || operation.type !== 'put' || operation.expect === 'any') return operation;
  return { ...operation, textLength: ofRecord + EXPIRY_LENGTH };
}

export function link(head: AuditHead | undefined, entry: AuditEntry, at: Date): AuditItem {
  const unhashed = {
    subject: entry.subject,
    sequence: (head?.sequence ?? 0) + 1,
    event: entry.event,
    principal: entry.principal,
    at: at.toISOString(),
    // The stored form is hashed, so members that JSON leaves out take no part in the hash.
    detail: frozenMembers(entry.detail),
    previousHash: head?.hash ?? '',
  };
  const text = canonicalJson(unhashed);
  const hash = sha256Hex(text);
  const item = Object.freeze({ ...unhashed, hash });
  hashed.set(item, text.length + `,"hash":"${hash}"`.length);
  return item;
}

function frozenMembers(detail: AuditEntry['detail']): Record<string, unknown> {
  const { writes, ...rest } = detail;
  const plain = frozenJson(rest);
  return writes === undefined ? plain : Object.freeze({ ...plain, writes: frozenJson(writes) });
}

/** Items whose hash was computed from exactly this frozen object (a table in memory gives the same objects back), with the length of their JSON. */
const hashed = new WeakMap<AuditItem, number>();

/** Whether the item's hash is right. */
export function isIntact(item: AuditItem): boolean {
  if (hashed.has(item)) return true;
  const { hash, ...unhashed } = item;
  return hash === sha256Hex(canonicalJson(unhashed));
}

/**
 * What is known about a part of a chain: the item before its first one (absent = the part begins the chain), and how to tell that an item is as it
 * was written.
 */
export interface ChainPart {
  readonly before?: AuditHead;
  readonly isWhole?: (item: AuditItem) => boolean;
}

/** The first break of a chain, or of a part of it; undefined when it holds from its first item to its last. */
export function firstBreak(
  items: readonly AuditItem[],
  { before, isWhole = isIntact }: ChainPart = {},
): { sequence: number; problem: string } | undefined {
  let previous = before;
  for (const item of items) {
    if (item.sequence !== (previous?.sequence ?? 0) + 1)
      return { sequence: item.sequence, problem: 'an item is missing before it' };
    if (item.previousHash !== (previous?.hash ?? ''))
      return { sequence: item.sequence, problem: 'it does not follow the item before it' };
    if (!isWhole(item)) return { sequence: item.sequence, problem: 'it was changed after it was written' };
    previous = item;
  }
  return undefined;
}

/**
 * The ends of the chains that the last transaction through a table has written. A step writes several times within a moment, and need not read again
 * what it has just written. Where somebody else has written since, the next transaction fails as for any other item that moved, and is decided anew.
 */
const lastWritten = new WeakMap<Table, { readonly at: Date; readonly heads: ReadonlyMap<string, AuditHead> }>();
const MOMENT_MILLISECONDS = 2_000;

function takeLastWritten(table: Table, at: Date): ReadonlyMap<string, AuditHead> | undefined {
  const last = lastWritten.get(table);
  // The entry is used once: after a transaction that failed the next one reads the table.
  lastWritten.delete(table);
  return last !== undefined && at.getTime() - last.at.getTime() <= MOMENT_MILLISECONDS ? last.heads : undefined;
}

/**
 * Writes operations and their audit in one transaction. The first entry carries everything that was written, with revisions: folded over an older
 * table it gives today's (docs/runbook.md, Restore of the table). Where somebody else has taken the next sequence meanwhile, the whole transaction
 * fails with `ConditionFailed`, and the caller decides anew, as for any other item that moved. Returns an id of the change for each entry,
 * `<subject>#<sequence>`: it is unique, so a receiver that is told of a change twice can tell. `chain`: ends of chains that were read before this
 * was decided.
 */
export async function transactWithAudit(
  table: Table,
  decided: readonly WriteOperation[],
  entries: readonly AuditEntry[],
  at: Date,
  chain?: ReadonlyMap<string, AuditHead | undefined>,
): Promise<readonly string[]> {
  const operations = decided.map((operation) => withRevision(withFrozenData(withConditions(operation, at)), at));
  const known = takeLastWritten(table, at);
  const heads = new Map<string, AuditHead>();
  const appends: WriteOperation[] = [];
  const changes: string[] = [];
  const [first, ...others] = entries;
  const complete =
    first === undefined ? [] : [{ ...first, detail: { ...first.detail, writes: writesOf(operations) } }, ...others];
  for (const entry of complete) {
    const { subject } = entry;
    const isRead = chain?.has(subject) === true && !heads.has(subject);
    const head = isRead
      ? chain.get(subject)
      : (heads.get(subject) ?? known?.get(subject) ?? (await table.auditHead(subject)));
    const item = link(head, entry, at);
    heads.set(subject, item);
    appends.push({ type: 'append', item, textLength: hashed.get(item) });
    changes.push(`${item.subject}#${item.sequence}`);
  }
  const [record] = appends;
  const measured = record?.type === 'append' ? operations.map((one) => withLength(one, record.textLength)) : operations;
  await table.transact([...measured, ...appends]);
  lastWritten.set(table, { at, heads });
  return changes;
}

/** Revisions count from here, which keeps them short: a revision is part of every item. */
const ORIGIN = Date.parse('2026-01-01T00:00:00Z');

/** The least revision of an audited write at this time: milliseconds since 2026. No item is written twice in one millisecond. */
export const revisionOf = (at: Date): number => at.getTime() - ORIGIN;

/**
 * The revision of a write over what was expected: one more, and no less than its time. A restored table goes on from older items, while later writes
 * that are lost from the table still are in the audit. A restore takes longer than clocks differ, so what is written after it is newer than all of
 * those, in the audit and in every copy of the table (docs/protocol.md, Restore of the table).
 */
export const nextRevision = (expect: Exclude<Expected, 'any'>, at: Date): number =>
  Math.max(expect === 'absent' ? 1 : expect + 1, revisionOf(at));
