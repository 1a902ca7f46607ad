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
 * Keeps what the API server has just told of nodes that EKS does not tell the version of. Whatever else was recorded meanwhile stays, and nothing is written,
 * or read again, where all is as it is known to be.
 *
 * @param known the record as the caller has it
 * @param seen the nodes in groups, which may be of one node each
 * @param at when they were read
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
    // Somebody may have looked since.
    if (read === undefined || isKnown(read.data) || Date.parse(read.data.otherNodes?.seenAt ?? '') > at.getTime())
      return NOTHING;
    const otherNodes = { seenAt: at.toISOString(), groups };
    return { ...NOTHING, writes: [replace(Clusters, read, { ...read.data, otherNodes })] };
  });
}

/** Has the next look read all of a cluster, of which more has changed than the inventory knows; until then nobody says that it is up to date. */
export async function recordUnread(
  ports: Pick<Ports, 'table' | 'clock'>,
  { clusterKey, lastSeenAt }: ClusterRecord,
  message: string,
): Promise<void> {
  await change(ports, async () => {
    const read = await load(ports.table, Clusters, clusterKey);
    // Somebody may have looked since, or have been here before.
    const isDone = read?.data.lastSeenAt !== lastSeenAt || read.data.unreadable.some((one) => one.message === message);
    if (read === undefined || isDone) return NOTHING;
    return { ...NOTHING, writes: [replace(Clusters, read, toReadAgain(read.data, message))] };
  });
}
