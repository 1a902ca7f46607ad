import { namedError } from '../../core/contracts/errors.ts';
import { BATCH_KEYS, transactionProblem, UNLISTED_KINDS } from '../../core/contracts/table-schema.ts';
import {
  type AuditHead,
  type AuditItem,
  byKey,
  type Expected,
  type ItemKey,
  itemId,
  type RestoredTable,
  type StoredItem,
  type WriteOperation,
} from '../../core/ports/table.ts';
import { frozenJson } from '../../core/store/frozen-json.ts';

/**
 * The table in memory, for tests and the in-process run. Items are copied and frozen when they are written, so all readers can share them: code that
 * tries to change one gets an error. `beforeTransact` lets a test fail or delay a transaction.
 */
export class MemoryTable implements RestoredTable {
  readonly #items = new Map<string, StoredItem>();
  readonly #partitions = new SortedGroups();
  readonly #kinds = new SortedGroups();
  readonly #active = new SortedGroups();
  readonly #audit = new Map<string, AuditItem[]>();
  readonly #written: AuditItem[] = [];
  beforeTransact: (operations: readonly WriteOperation[]) => void = () => {};
  /** Each is called with every audit item as it is written. */
  readonly onAppend: ((item: AuditItem) => void)[] = [];
  /** Reads so far, by kind of read: an idle tick makes one. */
  readonly reads = { get: 0, partition: 0, active: 0, kind: 0, audit: 0 };

  /** Items written or removed so far: a reader that finds the same number again has missed nothing. */
  writes = 0;

  async get(key: ItemKey): Promise<StoredItem | undefined> {
    this.reads.get += 1;
    return this.#items.get(itemId(key));
  }

  async getAll(keys: readonly ItemKey[]): Promise<(StoredItem | undefined)[]> {
    this.reads.get += Math.ceil(keys.length / BATCH_KEYS);
    return keys.map((key) => this.#items.get(itemId(key)));
  }

  async queryPartition(pk: string, skPrefix = ''): Promise<StoredItem[]> {
    this.reads.partition += 1;
    const items = this.#partitions.list(pk);
    return skPrefix === '' ? [...items] : items.filter((item) => item.sk.startsWith(skPrefix));
  }

  async queryActive(): Promise<StoredItem[]> {
    this.reads.active += 1;
    return [...this.#active.list(ACTIVE)];
  }

  async queryKind(kind: string): Promise<StoredItem[]> {
    this.reads.kind += 1;
    if (UNLISTED_KINDS.includes(kind)) return [];
    return [...this.#kinds.list(kind)];
  }

  async transact(operations: readonly WriteOperation[]): Promise<void> {
    this.beforeTransact(operations);
    const problem = transactionProblem(operations);
    if (problem !== undefined) throw namedError('InvalidTransaction', problem);
    const appended = new Map<string, number>();
    for (const operation of operations) this.#refuseUnlessExpected(operation, appended);
    for (const operation of operations) this.#write(operation);
  }

  async auditHead(subject: string): Promise<AuditHead | undefined> {
    this.reads.audit += 1;
    const newest = this.#audit.get(subject)?.at(-1);
    return newest && { sequence: newest.sequence, hash: newest.hash };
  }

  async auditOf(subject: string): Promise<AuditItem[]> {
    this.reads.audit += 1;
    return [...(this.#audit.get(subject) ?? [])];
  }

  async *auditSince(since: Date): AsyncGenerator<AuditItem> {
    this.reads.audit += 1;
    const from = since.toISOString();
    yield* this.#written.filter((item) => item.at >= from);
  }

  async restore(item: StoredItem): Promise<void> {
    if ((this.#items.get(itemId(item))?.revision ?? 0) < item.revision) this.#place(frozenJson(item));
  }

  /** A copy of all items; with `resetTo` it gives what a point-in-time restore of the table gives. The audit is another table and stays. */
  snapshot(): readonly StoredItem[] {
    return [...this.#items.values()];
  }

  resetTo(items: readonly StoredItem[]): void {
    this.#items.clear();
    for (const groups of [this.#partitions, this.#kinds, this.#active]) groups.clear();
    for (const item of items) this.#place(frozenJson(item));
  }

  /** The audit of all subjects in the order of writing, for checks over a whole run. */
  auditTimeline(): readonly AuditItem[] {
    return this.#written;
  }

  /** `appended`: how many audit items this transaction has so far, by subject, since it may append several. */
  #refuseUnlessExpected(operation: WriteOperation, appended: Map<string, number>): void {
    if (operation.type === 'append') {
      const { subject, sequence } = operation.item;
      const more = (appended.get(subject) ?? 0) + 1;
      appended.set(subject, more);
      if (sequence !== (this.#audit.get(subject)?.length ?? 0) + more) {
        throw namedError('ConditionFailed', `audit ${subject} ${sequence} is taken`);
      }
      return;
    }
    const key = keyOf(operation);
    const found = this.#items.get(itemId(key))?.revision;
    const expect: Expected = operation.expect;
    const asExpected = expect === 'any' || (expect === 'absent' ? found === undefined : found === expect);
    if (!asExpected)
      throw namedError('ConditionFailed', `${key.pk} ${key.sk} is at ${found ?? 'absent'}, not ${expect}`);
  }

  #write(operation: WriteOperation): void {
    if (operation.type === 'check') return;
    if (operation.type === 'append') {
      const items = this.#audit.get(operation.item.subject) ?? [];
      const item = frozenJson(operation.item);
      items.push(item);
      this.#written.push(item);
      for (const tell of this.onAppend) tell(item);
      this.#audit.set(operation.item.subject, items);
      return;
    }
    const key = keyOf(operation);
    const revision = operation.revision ?? (this.#items.get(itemId(key))?.revision ?? 0) + 1;
    const { kind, active, data } = operation.item;
    this.#place(Object.freeze({ ...key, kind, active, data: frozenJson(data), revision }));
  }

  #place(item: StoredItem): void {
    const id = itemId(item);
    const before = this.#items.get(id);
    this.writes += before === undefined ? 1 : 2;
    // The item moves to the end of the map, so that a copy of all items has the last written one last.
    this.#items.delete(id);
    this.#items.set(id, item);
    this.#partitions.put(item.pk, item);
    if (before !== undefined && before.kind !== item.kind) this.#kinds.remove(before.kind, item);
    this.#kinds.put(item.kind, item);
    if (item.active) this.#active.put(ACTIVE, item);
    else if (before?.active === true) this.#active.remove(ACTIVE, item);
  }
}

/** The one group of the sparse index. */
const ACTIVE = '';

function keyOf(operation: Exclude<WriteOperation, { type: 'append' }>): ItemKey {
  const key = operation.type === 'put' ? operation.item : operation.key;
  return { pk: key.pk, sk: key.sk };
}

/** An index of items by the name of a group; each group is in the order of its keys. */
class SortedGroups {
  readonly #groups = new Map<string, StoredItem[]>();

  /** Adds an item, or replaces the one with its key. */
  put(name: string, item: StoredItem): void {
    const group = this.#groups.get(name);
    if (group === undefined) {
      this.#groups.set(name, [item]);
      return;
    }
    const at = placeOf(group, item);
    if (isAt(group, at, item)) group[at] = item;
    else group.splice(at, 0, item);
  }

  remove(name: string, key: ItemKey): void {
    const group = this.#groups.get(name) ?? [];
    const at = placeOf(group, key);
    if (isAt(group, at, key)) group.splice(at, 1);
  }

  /** The items of a group, ordered by `pk`, then `sk`. The list is shared, so callers must neither change nor keep it. */
  list(name: string): readonly StoredItem[] {
    return this.#groups.get(name) ?? [];
  }

  clear(): void {
    this.#groups.clear();
  }
}

/** The place of the key in the group, or where it would be. */
function placeOf(group: readonly StoredItem[], key: ItemKey): number {
  let low = 0;
  let high = group.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const found = group[middle];
    if (found !== undefined && byKey(found, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isAt(group: readonly StoredItem[], place: number, key: ItemKey): boolean {
  const found = group[place];
  return found !== undefined && byKey(found, key) === 0;
}
