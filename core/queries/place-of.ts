import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { AT_REST, type Member, type Rollout, type Wave } from '../contracts/items/rollout.ts';
import { hopId, hopTo, isFinish, isRollback } from '../model/hop.ts';
import type { Table } from '../ports/table.ts';
import { hasFailedHalfWay } from '../protocol/left-half-done.ts';
import { hasPins } from '../rollout/candidates.ts';
import { besideLaterWave } from '../rollout/later-wave.ts';
import { asUpgraded, type FleetSnapshot } from '../rollout/snapshot.ts';
import { isRemembered, isServed, newestFirst, whyLeftOut } from '../rollout/tried.ts';
import { hasBegun } from '../rollout/wave-end.ts';
import { isTried, loadMembersIn, Rollouts, Upgrades } from '../store/entities.ts';
import { load, loadAll, loadKind } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { type ClusterSummary, clusterSummary } from './cluster-summary.ts';

/** A rollout with its waves. */
export interface WholeRollout {
  readonly rollout: Rollout;
  readonly waves: readonly Wave[];
}

/**
 * The place of a cluster in the rollout that it waits in; else in the one of its policy because of which no other takes it up; else in the newest
 * one.
 */
export interface Place extends WholeRollout {
  readonly member: Member | undefined;
  /** The cluster's members in the other rollouts of that policy that are remembered, the newest first. */
  readonly others?: readonly Member[];
  /**
   * Whether a newer rollout of the policy ended without success for the cluster, or was aborted: a retry looks at the newest one alone
   * (core/operations/places-to-retry.ts).
   */
  readonly isOvertaken?: boolean;
  /** Another rollout of the policy, which goes on without the cluster. */
  readonly beside?: WholeRollout | undefined;
}

export type MemberPlace = Place & { readonly member: Member };

/** The cluster's place as a member of a rollout that has not ended. */
export function goingOn(place: Place | undefined): MemberPlace | undefined {
  if (place?.member === undefined || AT_REST.includes(place.rollout.status)) return undefined;
  return { ...place, member: place.member };
}

export const isInBegunWave = ({ waves, member }: MemberPlace): boolean =>
  waves.some((wave) => wave.index === member.waveIndex && hasBegun(wave));

/** The rollouts that matter to one cluster. */
export interface ClusterRollouts {
  readonly place: Place | undefined;
  /** The rollout of the upgrade that runs, is parked or was left, which need not be the newest one. */
  readonly ofUpgrade: Rollout | undefined;
  /** The upgrade that the cluster is held for; where it is not held, the hop to its version that failed half-way. */
  readonly left?: Upgrade | undefined;
  /** Whether the cluster was brought to the target of `place` after it had ended there without success. */
  readonly isFinished?: boolean;
}

/** Statuses of members that their rollout is done with, other than for want of success. */
export const ENDED_WELL: readonly Member['status'][] = ['Succeeded', 'Excluded'];

/** All rollouts of each of these policies, in the order in which they count. */
export async function rolloutsByPolicy(
  table: Pick<Table, 'queryKind'>,
  policies: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly Rollout[]>> {
  if (policies.size === 0) return new Map();
  const known = (await loadKind(table, Rollouts)).filter(({ policy }) => policies.has(policy));
  return Map.groupBy(known.sort(newestFirst), ({ policy }) => policy);
}

/**
 * The place of a cluster among all rollouts of its policy (`rolloutsByPolicy`). For a held cluster this is the rollout in which a retry would try it
 * again.
 */
export async function placeAmong(
  table: Pick<Table, 'getAll'>,
  snapshot: FleetSnapshot,
  rollouts: readonly Rollout[],
  cluster: ClusterRecord,
  now: Date,
): Promise<Omit<Place, 'waves' | 'beside'> | undefined> {
  const [newest] = rollouts;
  if (newest === undefined) return undefined;
  const own = await loadMembersIn(table, rollouts, cluster.clusterKey);
  const remembered = new Set(rollouts.filter((one) => isRemembered(one, now)).map(({ id }) => id));
  const counted = own.filter(({ rolloutId }) => remembered.has(rolloutId));
  const inNewest = own.find(({ rolloutId }) => rolloutId === newest.id);
  const held = snapshot.controls.get(cluster.clusterKey)?.held;
  // Nothing is tried again while a cluster is only taken back.
  const isHeld = held !== undefined && held.reason.code !== 'RollingBack';
  const goesOn = inNewest !== undefined && !AT_REST.includes(newest.status);
  const isAborted = ({ rolloutId }: Member) => rollouts.find(({ id }) => id === rolloutId)?.status === 'Aborted';
  // An abort also ends older rollouts for the cluster: no retry takes one of them up (core/operations/hold-switch.ts).
  const left = isHeld
    ? own.find((one) => !ENDED_WELL.includes(one.status) || isAborted(one))
    : goesOn
      ? inNewest
      : whyLeftOut(snapshot, newest.policy, cluster, counted, now);
  const member = left ?? inNewest;
  const rollout = rollouts.find(({ id }) => id === member?.rolloutId) ?? newest;
  const newer = rollouts.slice(0, rollouts.indexOf(rollout));
  const isOvertaken = own.some(
    (one) => (isAborted(one) || isTried(one)) && newer.some(({ id }) => id === one.rolloutId),
  );
  return { rollout, member, others: counted.filter((one) => one !== member), isOvertaken };
}

type PlaceOfMember = Pick<Place, 'rollout' | 'member' | 'others'> | undefined;

/** The member because of which no rollout takes the cluster up by itself (`whyLeftOut`), where the cluster's place is in a rollout that is over. */
export const leftOutBy = (snapshot: FleetSnapshot, cluster: ClusterRecord, place: PlaceOfMember, now: Date) =>
  place !== undefined && AT_REST.includes(place.rollout.status) ? servedIn(snapshot, cluster, place, now) : undefined;

/** The same also while that rollout goes on: no other one takes the cluster up after it. */
export function servedIn(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  place: PlaceOfMember,
  now: Date,
): Member | undefined {
  if (place?.member === undefined) return undefined;
  const { rollout, member, others = [] } = place;
  const own = isRemembered(rollout, now) ? [member, ...others] : others;
  return whyLeftOut(snapshot, rollout.policy, cluster, own, now);
}

/**
 * Whether nothing but its hold keeps the member out of a wave that has not begun: once it is released, its rollout is planned anew with it. That this
 * is a later wave than its own keeps it out of nothing.
 */
export const isOutForHold = (member: Member, wave: Wave): boolean =>
  member.status === 'Excluded' &&
  !isServed(member) &&
  besideLaterWave(member).every(({ code }) => code === 'Held') &&
  !hasBegun(wave);

/**
 * The rollout of its policy that takes a held cluster up by itself once that is released, with the wave and the member in which it does. `left`: the
 * upgrade that it is held for; a rollback is gone on with, or given up, before anything else.
 */
export function takenUpOnceReleased(
  place: Place | undefined,
  left: Upgrade | undefined,
): { readonly rollout: Rollout; readonly wave: Wave; readonly member: Member } | undefined {
  if (place === undefined || isRollback(left)) return undefined;
  const own = [place.member, ...(place.others ?? [])].filter((one) => one !== undefined);
  const known = [place, place.beside].filter((one) => one !== undefined);
  for (const { rollout, waves } of known.filter((one) => !AT_REST.includes(one.rollout.status))) {
    const member = own.find(({ rolloutId }) => rolloutId === rollout.id);
    const wave = waves.find(({ index }) => index === member?.waveIndex);
    if (member !== undefined && wave !== undefined && isOutForHold(member, wave)) return { rollout, wave, member };
  }
  return undefined;
}

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
