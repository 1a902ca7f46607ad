import type { ClusterRecord, OtherNodeGroup } from '../contracts/items/cluster.ts';
import { isSame } from '../model/is-same.ts';
import { toReadAgain } from '../model/lag.ts';
import { keptGroups } from '../model/seen-nodes.ts';
import type { Ports } from '../ports/ports.ts';
import { change, NOTHING } from '../store/change.ts';
import { Clusters } from '../store/entities.ts';
import { load, replace } from '../store/entity.ts';
import { isSeenLately } from './seen.ts';

/**
 * Records the nodes that the API server has just shown and whose version EKS does not tell. Changes that others record meanwhile stay. Where nothing
 * is new, it neither writes nor reads.
 * @param known the record that the caller has @param seen the nodes in groups, which may have one node each @param at when they were read
 */
export async function recordNodes(
  ports: Pick<Ports, 'table' | 'clock'>,
  known: ClusterRecord,
  seen: readonly OtherNodeGroup[],
  at = ports.clock.now(),
): Promise<void> {
  const groups = keptGroups(seen, known.nodegroups);
  const isKnown = ({ otherNodes }: ClusterRecord) =>
    otherNodes !== undefined && isSame(otherNodes.groups, groups) && isSeenLately(otherNodes.seenAt, at);
  if (isKnown(known)) return;
  await change(ports, async () => {
    const read = await load(ports.table, Clusters, known.clusterKey);
    // Somebody may have recorded a newer look.
    if (read === undefined || isKnown(read.data) || Date.parse(read.data.otherNodes?.seenAt ?? '') > at.getTime())
      return NOTHING;
    const otherNodes = { seenAt: at.toISOString(), groups };
    return { ...NOTHING, writes: [replace(Clusters, read, { ...read.data, otherNodes })] };
  });
}

/** Makes the next look read all of a cluster, since more has changed than the inventory knows. Until then nobody reports it as up to date. */
export async function recordUnread(
  ports: Pick<Ports, 'table' | 'clock'>,
  { clusterKey, lastSeenAt }: ClusterRecord,
  message: string,
): Promise<void> {
  await change(ports, async () => {
    const read = await load(ports.table, Clusters, clusterKey);
    // Somebody may have looked since, or may have recorded the same message.
    const isDone = read?.data.lastSeenAt !== lastSeenAt || read.data.unreadable.some((one) => one.message === message);
    if (read === undefined || isDone) return NOTHING;
    return { ...NOTHING, writes: [replace(Clusters, read, toReadAgain(read.data, message))] };
  });
}
