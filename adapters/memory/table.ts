import { namedError } from '../../core/contracts/errors.ts';
import type { AuditItem, Expected, ItemKey, StoredItem, Table, WriteOperation } from '../../core/ports/table.ts';

const idOf = (key: ItemKey): string => `${key.pk}\u0000${key.sk}`;
const byKey = (a: StoredItem, b: StoredItem): number => (idOf(a) < idOf(b) ? -1 : 1);

/** The table in memory, for tests and the in-process run. `beforeTransact` lets a test fail or delay a transaction. */
export class MemoryTable implements Table {
  readonly #items = new Map<string, StoredItem>();
  readonly #partitions = new Map<string, Map<string, StoredItem>>();
  readonly #active = new Map<string, StoredItem>();
  readonly #audit = new Map<string, AuditItem[]>();
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
    return structuredClone([...this.#items.values()].filter((item) => item.kind === kind).sort(byKey));
  }

  async transact(operations: readonly WriteOperation[]): Promise<void> {
    this.beforeTransact(operations);
    if (operations.length > 100)
      throw namedError('ConditionFailed', `a transaction takes 100 operations, not ${operations.length}`);
    const touched = new Set<string>();
    for (const operation of operations) {
      const id =
        operation.type === 'append'
          ? `audit\u0000${operation.item.subject}\u0000${operation.item.sequence}`
          : idOf(keyOf(operation));
      if (touched.has(id))
        throw namedError('ConditionFailed', `a transaction names ${id.replace('\u0000', ' ')} twice`);
      touched.add(id);
    }
    for (const operation of operations) this.#refuseUnlessExpected(operation);
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

  /** Every subject that has an audit, for checks over a whole run. */
  auditSubjects(): string[] {
    return [...this.#audit.keys()];
  }

  #refuseUnlessExpected(operation: WriteOperation): void {
    if (operation.type === 'append') {
      const length = this.#audit.get(operation.item.subject)?.length ?? 0;
      if (operation.item.sequence !== length + 1) {
        throw namedError('ConditionFailed', `audit ${operation.item.subject} ${operation.item.sequence} is taken`);
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
      items.push(structuredClone(operation.item));
      this.#audit.set(operation.item.subject, items);
      return;
    }
    const key = keyOf(operation);
    const id = idOf(key);
    const partition = this.#partitions.get(key.pk) ?? new Map<string, StoredItem>();
    this.#partitions.set(key.pk, partition);
    this.#active.delete(id);
    if (operation.type === 'delete') {
      this.#items.delete(id);
      partition.delete(id);
      return;
    }
    const revision = (this.#items.get(id)?.revision ?? 0) + 1;
    const { kind, active, data } = operation.item;
    const item: StoredItem = { ...key, kind, active, data: structuredClone(data), revision };
    this.#items.set(id, item);
    partition.set(id, item);
    if (active) this.#active.set(id, item);
  }
}

function keyOf(operation: Exclude<WriteOperation, { type: 'append' }>): ItemKey {
  const key = operation.type === 'put' ? operation.item : operation.key;
  return { pk: key.pk, sk: key.sk };
}
