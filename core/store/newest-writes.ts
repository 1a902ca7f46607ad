import type { AuditItem, ItemKey, StoredItem } from '../ports/table.ts';

const idOf = ({ pk, sk }: ItemKey): string => `${pk}\u0000${sk}`;

/** The last write of each item that the audit tells of: the newest revision, whatever the order of subjects. */
export function newestWrites(items: readonly AuditItem[]): StoredItem[] {
  const newest = new Map<string, StoredItem>();
  for (const { detail } of items) {
    for (const item of (detail.writes ?? []) as readonly StoredItem[]) {
      const known = newest.get(idOf(item));
      if (known === undefined || known.revision < item.revision) newest.set(idOf(item), item);
    }
  }
  return [...newest.values()];
}
