import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { AT_REST } from '../contracts/items/rollout.ts';
import { hopId, hopTo, isFinish } from '../model/hop.ts';
import type { Table } from '../ports/table.ts';
import { hasFailedHalfWay } from '../protocol/left-half-done.ts';
import { asUpgraded } from '../rollout/as-upgraded.ts';
import { isServed, newestFirst } from '../rollout/automatic-rollouts.ts';
import { hasPins } from '../rollout/candidates.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { Rollouts, Upgrades } from '../store/entities.ts';
import { load, loadAll } from '../store/entity.ts';
import { isTried } from '../store/members.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { type ClusterSummary, clusterSummary } from './cluster-summary.ts';
import { leftOutBy, placeAmong, rolloutsByPolicy } from './place-of.ts';

/** The summary of one cluster, so that lists, `describe` and `explain` use the same word for its state. */
export async function summaryOf(table: Table, snapshot: FleetSnapshot, cluster: ClusterRecord, now: Date) {
  const alone = clusterSummary(snapshot, cluster, now);
  const [summary = alone] = await inRollout(table, snapshot, [alone], now);
  return summary;
}

/** States in which people wait for a rollout to bring something. */
const WAITS: readonly ClusterSummary['state'][] = ['Behind', 'ImagesBehind', 'AddonsBehind'];
/** States in which nothing is behind that a rollout would finish: that the last hop failed half-way shows only in the hop's own item. */
const THROUGH: readonly ClusterSummary['state'][] = [
  ...(['UpToDate', 'PatchesUnknown', 'NewerUnknown', 'ManualNodes', 'Unmanaged'] as const),
];

/**
 * Says of clusters that are behind what became of them in the rollouts of their policy. The snapshot does not have members that have ended, so each
 * such cluster takes a read. Clusters that are where they should be take none, unless they were held once: a hop may have left them half done, and
 * the item of the hold stays.
 */
export async function inRollout(
  table: Table,
  snapshot: FleetSnapshot,
  summaries: readonly ClusterSummary[],
  now: Date,
): Promise<ClusterSummary[]> {
  const policies = summaries.flatMap(({ state, policy }) => (WAITS.includes(state) ? (policy ?? []) : []));
  const rollouts = await rolloutsByPolicy(table, new Set(policies));
  const heldOnce = summaries.filter(({ key, state }) => THROUGH.includes(state) && snapshot.controls.has(key));
  const keys = heldOnce.flatMap(({ key, version }) =>
    [hopTo(KubeVersion.parse(version)), hopId(version, version)].map((id) => Upgrades.key(key, id)),
  );
  const ends = await loadAll(table, Upgrades, keys);
  const finishOf = new Map(ends.filter(isFinish).map((one) => [one.clusterKey, one]));
  const isLeft = (one: Upgrade) => !isFinish(one) && hasFailedHalfWay(one, finishOf.get(one.clusterKey));
  const left = new Set(ends.filter(isLeft).map(({ clusterKey }) => clusterKey));
  return Promise.all(
    summaries.map(async (summary): Promise<ClusterSummary> => {
      const { key, policy } = summary;
      if (left.has(key)) return { ...summary, state: 'Blocked' };
      const ofPolicy = WAITS.includes(summary.state) ? rollouts.get(policy ?? '') : undefined;
      const recorded = snapshot.clusters.get(key);
      if (ofPolicy === undefined || recorded === undefined) return summary;
      const cluster = asUpgraded(snapshot, recorded);
      const place = await placeAmong(table, snapshot, ofPolicy, cluster, now);
      if (place === undefined) return summary;
      const { rollout, member: found } = place;
      // The result of an earlier hop says nothing of the images and add-ons of the cluster.
      const isOfIt = summary.state === 'Behind' || (found !== undefined && hasPins(found));
      const member = isOfIt ? found : undefined;
      const goesOn = !AT_REST.includes(rollout.status);
      const isBlocked =
        member !== undefined && isTried(member) && (goesOn || leftOutBy(snapshot, cluster, place, now) !== undefined);
      const isOut = member?.status === 'Excluded' && goesOn && isServed(member);
      return isBlocked || isOut ? { ...summary, state: isBlocked ? 'Blocked' : 'Excluded' } : summary;
    }),
  );
}

/** The rollouts that have the cluster as a member and go on, or may be resumed, the newest first. */
export async function findRolloutsGoingOn(table: Pick<Table, 'get'>, { members }: FleetSnapshot, clusterKey: string) {
  const own = members.filter((member) => member.clusterKey === clusterKey);
  const rollouts = await Promise.all(own.map(({ rolloutId }) => load(table, Rollouts, rolloutId)));
  const places = own.flatMap((member, index) => {
    const rollout = rollouts[index]?.data;
    return rollout === undefined || AT_REST.includes(rollout.status) ? [] : { member, rollout };
  });
  return places.sort((a, b) => newestFirst(a.rollout, b.rollout));
}
