import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Reason } from '../contracts/step-result.ts';
import { shortId } from '../model/cluster-key.ts';
import { isRollback } from '../model/hop.ts';
import { groupsBehind, lagCode } from '../model/lag.ts';
import { oldestImage } from '../nodes/managed-groups/image-lag.ts';
import { clusterRefusals } from '../policy/cluster-tags.ts';
import { isWatched } from '../protocol/hop-before.ts';
import { keptAway } from '../protocol/kept-away.ts';
import { isUndo } from '../protocol/undo.ts';
import { hasPins, type Patches, patchesOf, pinsOf } from '../rollout/candidates.ts';
import { asUpgraded, type FleetSnapshot } from '../rollout/snapshot.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { type ClusterPolicy, clusterPolicy } from './cluster-policy.ts';
import { supportView } from './support-view.ts';

/** One word for where a cluster stands; `explain` says why. */
export type ClusterState =
  | 'Gone'
  | 'Upgrading'
  /** The cluster is on its way back to the minor before. */
  | 'RollingBack'
  | 'Held'
  | 'Parked'
  /** Everything has moved and is no worse than before; the cluster is compared with before once more when its watch is over. */
  | 'Watched'
  | 'Unmanaged'
  | 'UpToDate'
  /** The control plane is at the target or past it, and a managed node group is older. */
  | 'NodesBehind'
  /**
   * Control plane and nodes are at the target, but EKS does not list the version of an add-on for this minor, or the policy wants a newer one
   * (`patch`).
   */
  | 'AddonsBehind'
  /** The control plane is at the target, and nodes that Liftlock cannot roll are older. */
  | 'ManualNodes'
  /** Everything is at the target, and the image of a node group is older than its policy wants (`patch`). */
  | 'ImagesBehind'
  /** Everything that was read is at the target, and nobody knows whether nodes are behind, or images or add-ons older than the policy wants. */
  | 'PatchesUnknown'
  /** Everything is at the target, which would be a newer one if this release of Liftlock knew the newest that EKS offers. */
  | 'NewerUnknown'
  /** The cluster's nodes are older for now, because the policy or a bake wants that. */
  | 'NodesKept'
  | 'Excluded'
  | 'Unreachable'
  /** The cluster's upgrade ended without success, and no rollout would finish what is behind; there is one try for each target. */
  | 'Blocked'
  /** The cluster is a member of a rollout that has not come to it, or its target is not known yet. */
  | 'Waiting'
  /** The cluster is behind and in no rollout that will come to it. */
  | 'Behind';

export type ClusterSummary = ReturnType<typeof clusterSummary>;

export function clusterSummary(snapshot: FleetSnapshot, recorded: ClusterRecord, now: Date) {
  const cluster = asUpgraded(snapshot, recorded);
  const aim = clusterPolicy(snapshot, cluster, now);
  const { policy, wave, target } = aim;
  const upgrade = activeUpgrade(snapshot, cluster.clusterKey);
  const patches = patchesOf(snapshot, cluster, policy?.spec, target, now);
  return {
    id: shortId(cluster),
    name: cluster.name,
    arn: cluster.arn,
    key: cluster.clusterKey,
    account: cluster.account,
    region: cluster.region,
    version: cluster.version,
    status: cluster.status,
    state: clusterState(snapshot, cluster, aim, upgrade, patches),
    support: supportView(cluster, snapshot.regions.get(cluster.region), now),
    policy: policy?.metadata.name ?? null,
    /** The policies that select the cluster where several do: `policy` is null then, as it is where none does. */
    ambiguous: aim.ambiguous ?? [],
    wave: wave?.name ?? null,
    target: target?.toString() ?? null,
    upgrade: upgrade === undefined ? null : { id: upgrade.id, to: upgrade.to, status: upgrade.status },
    oldestImageAt: oldestImage(cluster, snapshot.images?.get(cluster.region))?.toISOString() ?? null,
    patchesDueAt: patches.dueAt?.toISOString() ?? null,
    labels: cluster.labels,
    lastSeenAt: cluster.lastSeenAt,
  };
}

/**
 * The state of a parked upgrade's cluster. It counts as watched only while its last look will come; a rollout that has halted, was aborted or has
 * ended is not in the snapshot.
 */
function parkedState(snapshot: FleetSnapshot, cluster: ClusterRecord, upgrade: Upgrade): ClusterState {
  const { rolloutId, waveIndex } = upgrade;
  const { fleet, control } = snapshot;
  const rollout = snapshot.rollouts.find(({ id }) => id === rolloutId);
  const wave = snapshot.waves.find((one) => one.rolloutId === rolloutId && one.index === waveIndex);
  const isOver = rolloutId !== undefined && rollout === undefined;
  const isLookedAt = !isOver && keptAway(upgrade, { fleet, control, rollout, wave, cluster }).length === 0;
  if (isWatched(upgrade) && isLookedAt) return 'Watched';
  return upgrade.reasons.some(({ code }) => code === 'Baking') ? 'NodesKept' : 'Parked';
}

/** The strongest state first: what runs, then what a person must look at, then what will come by itself. in-rollout.ts adds what has ended. */
function clusterState(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  aim: ClusterPolicy,
  upgrade: Upgrade | undefined,
  patches: Patches,
): ClusterState {
  const { policy, wave, target, needsWork, reasons } = aim;
  if (cluster.deletedAt !== undefined) return 'Gone';
  if (isRollback(upgrade)) return 'RollingBack';
  if (upgrade !== undefined && upgrade.status !== 'Parked') return 'Upgrading';
  if (snapshot.controls.get(cluster.clusterKey)?.held !== undefined) return 'Held';
  if (upgrade !== undefined) return parkedState(snapshot, cluster, upgrade);
  // A member waits for its rollout even if its policy cannot be read, and also at the target, where nodes or add-ons may be left.
  const member = snapshot.members.find(({ clusterKey }) => clusterKey === cluster.clusterKey);
  const isMember = member !== undefined;
  if (policy === undefined && !isMember)
    return reasons.some(({ code }) => code === 'AmbiguousPolicy') ? 'Excluded' : 'Unmanaged';
  const isThere = target !== undefined && !needsWork && !isMember;
  if (isThere) {
    const lag = lagCode(cluster, policy?.spec);
    if (lag !== undefined) return lag;
    if (!hasPins(pinsOf(patches))) {
      if (patches.unknown.length > 0) return 'PatchesUnknown';
      return reasons.some(({ code }) => code === 'NewerUnknown') ? 'NewerUnknown' : 'UpToDate';
    }
  }
  const refusals = refusalsOf(snapshot, cluster, aim);
  if (refusals.some(({ code }) => code !== 'Unreachable')) return 'Excluded';
  if (refusals.length > 0) return 'Unreachable';
  const keeps = policy?.spec.waves[wave?.index ?? -1]?.rollNodes === 'whenSkewRequires';
  if (keeps && member?.inFlight === true && groupsBehind(cluster, policy?.spec).length > 0) return 'NodesKept';
  if (isMember || target === undefined) return 'Waiting';
  if (wave === undefined) return 'Excluded';
  if (!isThere) return 'Behind';
  return patches.images.length > 0 ? 'ImagesBehind' : 'AddonsBehind';
}

/** Why Liftlock does not touch the cluster as it stands, whatever its target is; a cluster past its target is judged for where it is. */
export function refusalsOf(
  { fleet, calendars }: FleetSnapshot,
  cluster: ClusterRecord,
  { target }: ClusterPolicy,
): Reason[] {
  const current = KubeVersion.parse(cluster.version);
  const aim = target === undefined || target.isOlderThan(current) ? current : target;
  return clusterRefusals(cluster, aim, fleet, calendars);
}

const ACTIVE: readonly Upgrade['status'][] = ['Pending', 'Running', 'Parked'];

/**
 * The upgrade that runs or is parked. Of several the running one counts, then a rollback, and an undo last. A parked undo says nothing of where the
 * cluster stands; it is told among the cluster's warnings (`NotTakenBack`).
 */
export function activeUpgrade(snapshot: FleetSnapshot, clusterKey: string): Upgrade | undefined {
  const own = snapshot.upgrades.filter(
    (one) => one.clusterKey === clusterKey && ACTIVE.includes(one.status) && !(isUndo(one) && one.status === 'Parked'),
  );
  return (
    own.find((one) => one.status === 'Running') ?? own.find(isRollback) ?? own.find((one) => !isUndo(one)) ?? own[0]
  );
}
