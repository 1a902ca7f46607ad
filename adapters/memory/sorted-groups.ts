import type { StoredItem } from '../../core/ports/table.ts';

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byKey = (a: StoredItem, b: StoredItem): number => compare(a.pk, b.pk) || compare(a.sk, b.sk);

interface Group {
  readonly items: Map<string, StoredItem>;
  /** Absent after a change. */
  sorted: readonly StoredItem[] | undefined;
}

/** An index of items by the name of a group. A group is sorted by key when it is read, and again only after it was changed. */
export class SortedGroups {
  readonly #groups = new Map<string, Group>();

  add(name: string, id: string, item: StoredItem): void {
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = { items: new Map(), sorted: undefined };
      this.#groups.set(name, group);
    }
    group.items.set(id, item);
    group.sorted = undefined;
  }

  remove(name: string, id: string): void {
    const group = this.#groups.get(name);
    if (group?.items.delete(id)) group.sorted = undefined;
  }

  /** Ordered by `pk`, then `sk`. Shared: not to be changed. */
  list(name: string): readonly StoredItem[] {
    const group = this.#groups.get(name);
    if (group === undefined) return [];
    group.sorted ??= [...group.items.values()].sort(byKey);
    return group.sorted;
  }

  clear(): void {
    this.#groups.clear();
  }
}
