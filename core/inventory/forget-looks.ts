import { batchesOf } from '../model/batches.ts';
import { unreachable } from '../model/unreachable.ts';
import { NEVER } from '../policy/cluster-labels.ts';
import type { Scope } from '../ports/eks.ts';
import type { ItemKey, Table } from '../ports/table.ts';
import { writeUnrecorded } from '../store/change.ts';
import { Accounts, Clusters } from '../store/entities.ts';
import { decideAndWrite, decode, replace } from '../store/entity.ts';

/** When one of a batch is recorded meanwhile, the whole batch is read again. */
const AT_ONCE = 10;

/**
 * Marks every cluster and account there as not looked at, so that they are looked at again before anything is planned. It also forgets that they
 * could not be read. Items that are marked already stay, so that a caller who did not finish can repeat it. @param more keys of clusters that the
 * index may not have yet
 */
export async function forgetLooks(
  table: Table,
  isMeant: (at: Scope) => boolean = () => true,
  more: readonly ItemKey[] = [],
): Promise<void> {
  const listed = [...(await table.queryKind(Clusters.kind)), ...more];
  const keys = [...new Map(listed.map(({ pk, sk }) => [pk, { pk, sk }])).values()];
  for (const batch of batchesOf(keys, AT_ONCE)) {
    await decideAndWrite(async () => {
      const items = await table.getAll(batch);
      const known = items.flatMap((item) => (item === undefined ? [] : [decode(Clusters, item)]));
      const writes = known
        .filter(({ data }) => isMeant(data) && data.deletedAt === undefined)
        .filter(({ data }) => data.lastSeenAt !== NEVER || unreachable(data) !== undefined)
        .map((one) =>
          replace(Clusters, one, {
            ...one.data,
            lastSeenAt: NEVER,
            conditions: one.data.conditions.filter(({ status }) => status === 'True'),
          }),
        );
      if (writes.length > 0) await writeUnrecorded(table, writes);
    });
  }
  await decideAndWrite(async () => {
    const looks = (await table.queryPartition('ACCOUNTS')).map((item) => decode(Accounts, item));
    for (const one of looks.filter(
      ({ data }) => isMeant(data) && (data.checkedAt !== NEVER || data.reason !== undefined),
    ))
      await writeUnrecorded(table, [replace(Accounts, one, { ...one.data, reason: undefined, checkedAt: NEVER })]);
  });
}
