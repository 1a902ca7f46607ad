import { type AuditItem, itemId, type StoredItem } from '../../core/ports/table.ts';
import type { Entity } from '../../core/store/entity.ts';

/**
 * The table from the audit alone, item by item, because every audit item contains the writes of its transaction. So an event can be judged by the
 * rules in force at that moment, and not by the final state.
 */
export class StoreAt {
  readonly #items = new Map<string, StoredItem>();
  readonly #kinds = new Map<string, Map<string, StoredItem>>();
  #replaced = new Map<string, StoredItem | undefined>();

  /** Applies the writes of one audit item. Revisions older than the known ones change nothing. */
  apply(item: AuditItem): void {
    this.#replaced = new Map();
    for (const write of (item.detail.writes ?? []) as readonly StoredItem[]) {
      const id = itemId(write);
      const known = this.#items.get(id);
      if (known !== undefined && known.revision >= write.revision) continue;
      this.#replaced.set(id, known);
      this.#items.set(id, write);
      const kind = this.#kinds.get(write.kind) ?? new Map<string, StoredItem>();
      kind.set(id, write);
      this.#kinds.set(write.kind, kind);
    }
  }

  /** The state after the last applied item. */
  get<Data, Parts extends readonly unknown[]>(entity: Entity<Data, Parts>, ...parts: Parts): Data | undefined {
    return this.#items.get(itemId(entity.key(...parts)))?.data as Data | undefined;
  }

  /** The state before that item. */
  was<Data, Parts extends readonly unknown[]>(entity: Entity<Data, Parts>, ...parts: Parts): Data | undefined {
    const id = itemId(entity.key(...parts));
    const write = this.#replaced.has(id) ? this.#replaced.get(id) : this.#items.get(id);
    return write?.data as Data | undefined;
  }

  all<Data>(entity: Entity<Data, never>): Data[] {
    return [...(this.#kinds.get(entity.kind)?.values() ?? [])].map((write) => write.data as Data);
  }

  /** The writes of one kind by the last applied item. */
  written<Data>(entity: Entity<Data, never>): { readonly before: Data | undefined; readonly after: Data }[] {
    return [...this.#replaced].flatMap(([id, before]) => {
      const after = this.#items.get(id);
      return after?.kind === entity.kind
        ? [{ before: before?.data as Data | undefined, after: after.data as Data }]
        : [];
    });
  }

  /** Whether the last applied item wrote anything of this kind. */
  wrote(entity: Entity<never, never> | { readonly kind: string }): boolean {
    const written = this.#kinds.get(entity.kind);
    return written !== undefined && [...this.#replaced.keys()].some((id) => written.has(id));
  }

  writes(): readonly StoredItem[] {
    return [...this.#items.values()];
  }
}
