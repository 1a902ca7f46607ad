import type { UpgradePolicy, Wave as WaveSpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Member, Rollout } from '../contracts/items/rollout.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { isFinish } from '../model/hop.ts';
import { imageRuleOf } from '../model/image-rule.ts';
import { isLag, lagReason, partsUnknown } from '../model/lag.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { type Candidate, candidatesOf } from './candidates.ts';
import { asksNoLess, withLaterWave } from './later-wave.ts';
import { newest, plannedMember } from './plan-rollout.ts';
import { provedPins } from './proved-pins.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { leftHalfDone, wasServed } from './tried.ts';

interface Place {
  readonly now: Date;
  readonly firstFree: number;
  /** Members of waves that have begun, which stay there whatever policy selects them now, and clusters whose grant somebody holds. */
  readonly kept: ReadonlySet<string>;
  /** All members of the rollout. */
  readonly members: readonly Member[];
  /** What rollouts have tried already. */
  readonly served: ReadonlySet<string>;
  /** The waves that have not begun. */
  readonly specs: readonly WaveSpec[];
}

/**
 * The members that the waves which have not begun would have. A wave that has begun takes no cluster in: people have agreed to its plan, or it has
 * proved something.
 */
export function wantedMembers(snapshot: FleetSnapshot, rollout: Rollout, policy: UpgradePolicy, place: Place): Wanted {
  const { firstFree, kept, specs, now } = place;
  const ofRollout = new Set(place.members.map(({ clusterKey }) => clusterKey));
  // There is one try for each cluster and target, as when a rollout begins by itself (automatic-rollouts.ts).
  const served = rollout.createdBy === LIFTLOCK ? place.served : undefined;
  const left = leftHalfDone(snapshot);
  const proved = firstFree === 0 ? undefined : provedPins(snapshot, place.members);
  const { byWave, leftOut } = candidatesOf(snapshot, rollout.policy, now, {
    finish: rollout.finish,
    pins: (cluster, wanted, target) =>
      proved === undefined || ofRollout.has(cluster.clusterKey) ? wanted : proved(cluster, wanted, target),
    skip: (candidate) =>
      !ofRollout.has(candidate.cluster.clusterKey) &&
      served !== undefined &&
      (wasServed(served, rollout.policy, candidate) || left.has(candidate.cluster.clusterKey)),
  });
  // The first waves have proved their target, in each Region: a newer version is for the next rollout.
  const ceilings = firstFree === 0 ? undefined : ceilingsOf(snapshot, rollout, place.members);
  const staying = new Set(place.members.filter(isFinish).map(({ clusterKey, to }) => `${clusterKey} ${to}`));
  const aimed = ({ target, ...candidate }: Candidate): Candidate[] => {
    const { cluster } = candidate;
    const current = KubeVersion.parse(cluster.version);
    if (current.equals(target)) return [{ ...candidate, target }];
    const aim = lower(target, ceilings?.(cluster));
    // A cluster still gets what was planned for it at its own minor, where the first waves have had it; the newer minor is for the next rollout.
    return current.isOlderThan(aim) || staying.has(`${cluster.clusterKey} ${aim}`)
      ? [{ ...candidate, target: aim }]
      : [];
  };
  const members = specs.flatMap((into, offset) =>
    policy.spec.waves
      .flatMap((own, index) => {
        const isTaken = specs[Math.max(0, specs.indexOf(own))] === into && asksNoLess(into, own);
        const free = (byWave.get(index) ?? []).filter(({ cluster }) => isTaken && !kept.has(cluster.clusterKey));
        return free.flatMap(aimed).map((candidate) => ({ own, candidate }));
      })
      .map(({ own, candidate }, position) =>
        withLaterWave(plannedMember(rollout.id, firstFree + offset, position, candidate), own.name, into.name),
      ),
  );
  // Where EKS runs an image that the policy names, only the nodes tell what they run.
  const isUnseen = ({ otherNodes, nodegroups }: ClusterRecord): boolean =>
    otherNodes === undefined && nodegroups.some((group) => imageRuleOf(policy.spec.nodes, group) !== undefined);
  const mayBeBehind = (cluster: ClusterRecord): boolean =>
    (lagReason(cluster, policy.spec) ?? partsUnknown(cluster)) !== undefined || isUnseen(cluster);
  const isThere = ({ reason: why }: (typeof leftOut)[number]): boolean => isLag(why) || IS_THERE.includes(why.code);
  // Where its policy takes a cluster further by now, that is for the next rollout.
  const going = [...byWave.values()].flat().map(({ cluster }) => cluster);
  const behind = [...leftOut.filter(isThere), ...going].flatMap(
    ({ clusterKey }) => snapshot.clusters.get(clusterKey) ?? [],
  );
  return {
    members,
    behind: new Map(behind.filter(mayBeBehind).map(({ clusterKey, version }) => [clusterKey, version])),
  };
}

/** Why the policy leaves out a cluster that has arrived, beside that it says what is behind there. */
const IS_THERE: readonly string[] = ['AtTarget', 'Pinned', 'PatchesUnknown'];

interface Wanted {
  readonly members: readonly Member[];
  /** The versions of clusters whose nodes or add-ons are behind, or nobody knows whether they are. */
  readonly behind: ReadonlyMap<string, string>;
}

/**
 * The highest version a cluster may be planned for: a member's own target, and for other clusters the newest target that the rollout has in their
 * Region.
 */
function ceilingsOf({ clusters }: FleetSnapshot, { target }: Rollout, members: readonly Member[]) {
  const own = new Map(members.map(({ clusterKey, to }) => [clusterKey, to]));
  const inRegion = Map.groupBy(members, ({ clusterKey }) => clusters.get(clusterKey)?.region);
  return ({ clusterKey, region }: ClusterRecord): KubeVersion =>
    KubeVersion.parse(own.get(clusterKey) ?? newestTarget(inRegion.get(region) ?? [], target));
}

/** Whether the rollout takes the cluster of a member no further than it is, once its first waves have proved their target. */
export const isAtCeiling = ({ version }: ClusterRecord, { from, to }: Member): boolean =>
  !isFinish({ from, to }) && !KubeVersion.parse(version).isOlderThan(KubeVersion.parse(to));

const lower = (target: KubeVersion, ceiling: KubeVersion | undefined): KubeVersion =>
  ceiling?.isOlderThan(target) === true ? ceiling : target;

export const newestTarget = (members: readonly Member[], otherwise: string): string =>
  newest(members.filter(({ status }) => status !== 'Excluded').map(({ to }) => KubeVersion.parse(to)))?.toString() ??
  otherwise;
