import { canonicalJson } from '../hash/canonical-json.ts';
import { sha256Hex } from '../hash/sha256.ts';
import type { AuditHead, AuditItem, Expected, StoredItem, Table, WriteOperation } from '../ports/table.ts';
import { frozenJson } from './frozen-json.ts';
import { withConditions } from './with-conditions.ts';

/** Something to put on a subject's record. The chain's members (sequence, hashes) are added when it is written. */
export type AuditEntry = Pick<AuditItem, 'subject' | 'event' | 'principal' | 'detail'>;

/** Writes whose revision is known; caches (`any`) are not part of the record. */
function writesOf(operations: readonly WriteOperation[]): readonly StoredItem[] {
  const writes = operations.flatMap((operation): StoredItem[] => {
    if (operation.type !== 'put' || operation.revision === undefined) return [];
    const { pk, sk, kind, active, data } = operation.item;
    const { revision } = operation;
    return [{ pk, sk, kind, active, revision, data }];
  });
  return Object.freeze(writes.map((write) => Object.freeze(write)));
}

/** The data of what is written, made JSON once: the table and the audit keep the same. */
function withFrozenData(operation: WriteOperation): WriteOperation {
  if (operation.type !== 'put') return operation;
  return { ...operation, item: { ...operation.item, data: frozenJson(operation.item.data) } };
}

/** With the revision that it will have, which the audit tells before it is written. */
function withRevision(operation: WriteOperation, at: Date): WriteOperation {
  if (operation.type !== 'put' || operation.expect === 'any') return operation;
  return { ...operation, revision: nextRevision(operation.expect, at) };
}

/** `expiresAt`, which is not part of the record. */
const EXPIRY_LENGTH = 40;

/** What is part of a record is no longer than that. */
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
    // What is hashed is what is stored: members that JSON leaves out must not take part.
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

/** Items that were hashed as they are and cannot change any more (what a table in memory gives back), with the length of their JSON. */
const hashed = new WeakMap<AuditItem, number>();

/** Whether the hash is that of the item. */
export function isIntact(item: AuditItem): boolean {
  if (hashed.has(item)) return true;
  const { hash, ...unhashed } = item;
  return hash === sha256Hex(canonicalJson(unhashed));
}

/** What is known of a part of a chain: what its first item follows (absent = it begins the chain), and how to tell that an item is as it was written. */
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
 * The ends of the chains that the last transaction through a table wrote. A step writes several times in a moment, and need not ask for what it
 * has just written. Where somebody else has gone on since, the next transaction fails as for any other item that moved, and is decided anew.
 */
const lastWritten = new WeakMap<Table, { readonly at: Date; readonly heads: ReadonlyMap<string, AuditHead> }>();
const MOMENT_MILLISECONDS = 2_000;

function takeLastWritten(table: Table, at: Date): ReadonlyMap<string, AuditHead> | undefined {
  const last = lastWritten.get(table);
  // It is used once: whoever comes after a transaction that failed asks the table.
  lastWritten.delete(table);
  return last !== undefined && at.getTime() - last.at.getTime() <= MOMENT_MILLISECONDS ? last.heads : undefined;
}

/**
 * Writes operations and their audit in one transaction. The first entry carries what was written, with revisions: folded over an older table
 * it gives today's (docs/runbook.md, restore). A sequence that somebody else took meanwhile fails the whole transaction with
 * `ConditionFailed`: the caller decides anew, as for any other item that moved. Gives an id of the change for each entry, `<subject>#<sequence>`:
 * nobody else can have it, so whoever is told of the change twice can tell. `chain`: ends of chains that were read before this was decided.
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

/** Small numbers: a revision is part of every item. */
const ORIGIN = Date.parse('2026-01-01T00:00:00Z');

/** The least revision of an audited write at this time: milliseconds since 2026, in which no item is written twice. */
export const revisionOf = (at: Date): number => at.getTime() - ORIGIN;

/**
 * The revision of a write over what was expected: one more, and no less than its time. A table that was restored continues from an older
 * item, beside what was written after the point of restore and is lost from the table but not from the audit; since a restore takes longer than
 * clocks differ, what is written after it is newer than all of that, in the audit and in every copy of the table (docs/protocol.md, Restore).
 */
export const nextRevision = (expect: Exclude<Expected, 'any'>, at: Date): number =>
  Math.max(expect === 'absent' ? 1 : expect + 1, revisionOf(at));
