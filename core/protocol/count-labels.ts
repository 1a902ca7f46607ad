import type { FleetSpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { capKeys, recount } from '../policy/caps.ts';
import type { Table } from '../ports/table.ts';
import { Grants, Ledgers } from '../store/entities.ts';
import { load, replace, unchanged } from '../store/entity.ts';

/**
 * The caps that a cluster newly counts for when its labels change while it holds a grant. They are written in the transaction that writes the labels,
 * which a grant checks.
 */
export async function countLabels(table: Pick<Table, 'get'>, cluster: ClusterRecord, fleet: FleetSpec) {
  const { clusterKey: subject, labels } = cluster;
  const grant = await load(table, Grants, subject);
  const known = grant?.data.capKeys ?? [];
  const added = capKeys(cluster, fleet).filter((key) => !known.includes(key));
  if (grant === undefined || grant.data.status === 'free' || added.length === 0)
    return { writes: [unchanged(Grants, grant, subject)], record: [] };
  const ledger = await load(table, Ledgers);
  const writes = [
    replace(Grants, grant, { ...grant.data, capKeys: [...known, ...added] }),
    replace(Ledgers, ledger, { counts: recount(ledger?.data.counts ?? {}, added, 1) }),
  ];
  return { writes, record: [{ subject, event: 'LabelsCounted', principal: LIFTLOCK, detail: { labels, added } }] };
}
