import type { ItemKey, StoredItem } from '../../core/ports/table.ts';

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byKey = (a: ItemKey, b: ItemKey): number => compare(a.pk, b.pk) || compare(a.sk, b.sk);

/** An index of items by the name of a group, each of which is kept in the order of its keys. */
export class SortedGroups {
  readonly #groups = new Map<string, StoredItem[]>();

  /** Adds an item, or puts it where the one of its key was. */
  put(name: string, item: StoredItem): void {
    const group = this.#groups.get(name);
    if (group === undefined) {
      this.#groups.set(name, [item]);
      return;
    }
    const at = placeOf(group, item);
    group.splice(at, isAt(group, at, item) ? 1 : 0, item);
  }

  remove(name: string, key: ItemKey): void {
    const group = this.#groups.get(name) ?? [];
    const at = placeOf(group, key);
    if (isAt(group, at, key)) group.splice(at, 1);
  }

  /** Ordered by `pk`, then `sk`. Shared: not to be changed, nor to be kept. */
  list(name: string): readonly StoredItem[] {
    return this.#groups.get(name) ?? [];
  }

  clear(): void {
    this.#groups.clear();
  }
}

/** Where the key is, or would be. */
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
