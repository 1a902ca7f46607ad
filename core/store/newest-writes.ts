import type { AuditItem } from '../ports/table.ts';
import { type AuditedWrite, isRemoval } from './audit.ts';

export interface NewestWrite {
  readonly item: AuditedWrite;
  /** It was removed since and written anew: revisions began again, so those of before say nothing. */
  readonly renewed: boolean;
}

const idOf = ({ pk, sk }: AuditedWrite): string => `${pk}\u0000${sk}`;

/**
 * The last write of each item that the audit tells of. `items` in the order of writing: of one item the newer revision wins, whatever the
 * order of subjects; what follows a removal is another item under the same key.
 */
export function newestWrites(items: readonly AuditItem[]): NewestWrite[] {
  const newest = new Map<string, NewestWrite>();
  for (const { detail } of items) {
    for (const item of (detail.writes ?? []) as readonly AuditedWrite[]) {
      const known = newest.get(idOf(item));
      if (known !== undefined && isRemoval(known.item) && !isRemoval(item))
        newest.set(idOf(item), { item, renewed: true });
      else if (known === undefined || known.item.revision < item.revision)
        newest.set(idOf(item), { item, renewed: known?.renewed ?? false });
    }
  }
  return [...newest.values()];
}
