import { namedError } from '../../core/contracts/errors.ts';
import { INVALID_TRANSACTION, transactionProblem, UNLISTED_KINDS } from '../../core/contracts/table-schema.ts';
import type { AuditItem, Expected, ItemKey, StoredItem, Table, WriteOperation } from '../../core/ports/table.ts';

const idOf = (key: ItemKey): string => `${key.pk}\u0000${key.sk}`;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byKey = (a: StoredItem, b: StoredItem): number => compare(a.pk, b.pk) || compare(a.sk, b.sk);

/** What is stored is what JSON says, as in DynamoDB: members that are `undefined` are left out, dates become texts. */
const plainJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The table in memory, for tests and the in-process run. `beforeTransact` lets a test fail or delay a transaction. */
export class MemoryTable implements Table {
  readonly #items = new Map<string, StoredItem>();
  readonly #partitions = new Map<string, Map<string, StoredItem>>();
  readonly #active = new Map<string, StoredItem>();
  readonly #audit = new Map<string, AuditItem[]>();
  readonly #written: AuditItem[] = [];
  beforeTransact: (operations: readonly WriteOperation[]) => void = () => {};
  /** Reads so far, by kind of read: an idle tick is one. */
  readonly reads = { get: 0, partition: 0, active: 0, kind: 0, audit: 0 };

  async get(key: ItemKey): Promise<StoredItem | undefined> {
    this.reads.get += 1;
    return structuredClone(this.#items.get(idOf(key)));
  }

  async queryPartition(pk: string, skPrefix = ''): Promise<StoredItem[]> {
    this.reads.partition += 1;
    const items = [...(this.#partitions.get(pk)?.values() ?? [])].filter((item) => item.sk.startsWith(skPrefix));
    return structuredClone(items.sort(byKey));
  }

  async queryActive(): Promise<StoredItem[]> {
    this.reads.active += 1;
    return structuredClone([...this.#active.values()].sort(byKey));
  }

  async queryKind(kind: string): Promise<StoredItem[]> {
    this.reads.kind += 1;
    if (UNLISTED_KINDS.includes(kind)) return [];
    return structuredClone([...this.#items.values()].filter((item) => item.kind === kind).sort(byKey));
  }

  async transact(operations: readonly WriteOperation[]): Promise<void> {
    this.beforeTransact(operations);
    const problem = transactionProblem(operations);
    if (problem !== undefined) throw Object.assign(new Error(problem), { name: INVALID_TRANSACTION });
    const appended = new Map<string, number>();
    for (const operation of operations) this.#refuseUnlessExpected(operation, appended);
    for (const operation of operations) this.#write(operation);
  }

  async auditHead(subject: string): Promise<AuditItem | undefined> {
    this.reads.audit += 1;
    return structuredClone(this.#audit.get(subject)?.at(-1));
  }

  async auditOf(subject: string): Promise<AuditItem[]> {
    this.reads.audit += 1;
    return structuredClone(this.#audit.get(subject) ?? []);
  }

  async auditSince(since: Date): Promise<AuditItem[]> {
    this.reads.audit += 1;
    return structuredClone(this.#written.filter((item) => item.at >= since.toISOString()));
  }

  async restore(item: StoredItem): Promise<void> {
    this.#place(structuredClone(item));
  }

  /** A copy of all items, and back to it: what a point-in-time restore of the table gives. The audit is another table and stays. */
  snapshot(): readonly StoredItem[] {
    return structuredClone([...this.#items.values()]);
  }

  resetTo(items: readonly StoredItem[]): void {
    this.#items.clear();
    this.#partitions.clear();
    this.#active.clear();
    for (const item of items) this.#place(structuredClone(item));
  }

  /** The audit of all subjects in the order of writing, for checks over a whole run. */
  auditTimeline(): readonly AuditItem[] {
    return this.#written;
  }

  /** `appended`: audit items of this transaction so far, by subject, since one may append several. */
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
    const found = this.#items.get(idOf(key))?.revision;
    const expect: Expected = operation.expect;
    const asExpected = expect === 'any' || (expect === 'absent' ? found === undefined : found === expect);
    if (!asExpected)
      throw namedError('ConditionFailed', `${key.pk} ${key.sk} is at ${found ?? 'absent'}, not ${expect}`);
  }

  #write(operation: WriteOperation): void {
    if (operation.type === 'check') return;
    if (operation.type === 'append') {
      const items = this.#audit.get(operation.item.subject) ?? [];
      const item = plainJson(operation.item) as AuditItem;
      items.push(item);
      this.#written.push(item);
      this.#audit.set(operation.item.subject, items);
      return;
    }
    const key = keyOf(operation);
    const id = idOf(key);
    if (operation.type === 'delete') {
      this.#items.delete(id);
      this.#partitions.get(key.pk)?.delete(id);
      this.#active.delete(id);
      return;
    }
    const revision = (this.#items.get(id)?.revision ?? 0) + 1;
    const { kind, active, data } = operation.item;
    this.#place({ ...key, kind, active, data: plainJson(data), revision });
  }

  #place(item: StoredItem): void {
    const id = idOf(item);
    const partition = this.#partitions.get(item.pk) ?? new Map<string, StoredItem>();
    this.#partitions.set(item.pk, partition);
    this.#items.set(id, item);
    partition.set(id, item);
    if (item.active) this.#active.set(id, item);
    else this.#active.delete(id);
  }
}

function keyOf(operation: Exclude<WriteOperation, { type: 'append' }>): ItemKey {
  const key = operation.type === 'put' ? operation.item : operation.key;
  return { pk: key.pk, sk: key.sk };
}
