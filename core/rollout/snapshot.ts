import type { CompiledCalendar } from '../calendar/compile-calendar.ts';
import type { FleetSpec, UpgradePolicy } from '../config/types.ts';
import type {
  AccountState,
  ClusterControl,
  ClusterRecord,
  ImageReleases,
  Organization,
  RegionVersions,
} from '../contracts/items/cluster.ts';
import type { GateReading } from '../contracts/items/gate.ts';
import type { Epoch, Grant, Ledger, Upgrade } from '../contracts/items/protocol.ts';
import type {
  AppliedConfig,
  FleetControl,
  LearnedDurations,
  Member,
  Rollout,
  Wave,
} from '../contracts/items/rollout.ts';
import type { KnownScans } from '../contracts/items/scan.ts';
import type { NodesSpec } from '../model/image-rule.ts';
import { remembered } from '../model/remembered.ts';
import type { Channels } from '../policy/channels.ts';
import { type PolicyMatch, policyOf } from '../policy/policy-of.ts';
import { versionNow } from '../protocol/rollback-view.ts';

/** What the clusters that were taken back from a minor have in common (docs/rollbacks.md). */
export type TakenBack = NonNullable<Rollout['carried']>[number];

/** What the rollouts of one policy have shown. */
export interface Earlier {
  readonly takenBack: readonly TakenBack[];
  /** Clusters of those that have ended which are on their way back from a minor, or have stopped half-way: what they lack for that minor is not known before they are back. */
  readonly goingBack: readonly { readonly clusterKey: string; readonly minor: string }[];
}

/** By policy. */
export type EarlierRollouts = ReadonlyMap<string, Earlier>;

/** Everything that the reconciler decides from, read at one time. Maps are by cluster key, rollout id, or policy name. */
export interface FleetSnapshot {
  readonly epoch: Epoch | undefined;
  readonly fleet: FleetSpec | undefined;
  readonly control: FleetControl | undefined;
  readonly policies: ReadonlyMap<
    string,
    { readonly policy: UpgradePolicy; readonly revision: string; readonly appliedBy: readonly string[] }
  >;
  /** Policies that are applied and that this version cannot read. */
  readonly unreadablePolicies: readonly AppliedConfig[];
  /** Policies that somebody has deleted, for those whom they selected. They decide nothing. Absent where not every policy was read. */
  readonly deletedPolicies?: readonly AppliedConfig[];
  readonly calendars: ReadonlyMap<string, CompiledCalendar>;
  readonly channels: Channels;
  /** How long upgrades of this fleet have taken; undefined while nothing was learned. */
  readonly learned: LearnedDurations | undefined;
  /** Readings of gates for this tick, by `<rolloutId>/<waveIndex>`. */
  readonly gateReadings: ReadonlyMap<string, readonly GateReading[]>;
  /** Every cluster; with the smallest scope only the clusters of items in motion. `controls` likewise. */
  readonly clusters: ReadonlyMap<string, ClusterRecord>;
  readonly controls: ReadonlyMap<string, ClusterControl>;
  /** Clusters that were not read since it is not their turn: that they are missing does not mean that they are gone. Absent = none. */
  readonly unread?: ReadonlySet<string>;
  /** Empty with the smallest scope, which plans nothing. */
  readonly regions: ReadonlyMap<string, RegionVersions>;
  /** Releases of images, for Regions where a policy asks for them (`patch`). */
  readonly images?: ReadonlyMap<string, ImageReleases>;
  readonly ledger: Ledger;
  readonly grants: readonly Grant[];
  /** Upgrades that have not ended, and those that open grants name. */
  readonly upgrades: readonly Upgrade[];
  readonly rollouts: readonly Rollout[];
  readonly waves: readonly Wave[];
  /** Members that have not settled, or are quarantined. */
  readonly members: readonly Member[];
  /**
   * The last scans of each cluster, by cluster key. Set on a full look, and where the inventory of a plan has them; otherwise only for members whose
   * wave asks for their readiness.
   */
  readonly scans?: ReadonlyMap<string, KnownScans>;
  /** Set for a plan: it assumes that every cluster is looked at in time, so only known blockers make a cluster unready. */
  readonly takesLooksForMade?: boolean;
  /**
   * Set on a full look: every rollout that ever was, each cluster that has been in one, as `<policy>/<target>/<clusterKey>`, and where discovery has
   * looked.
   */
  readonly history?: {
    readonly rollouts: readonly Rollout[];
    /** Waves of every rollout. Nothing but `rollouts` is read while nothing is under way and nothing is to be planned. */
    readonly waves: readonly Wave[];
    /** What those that have ended leave to later ones; undefined = not read. */
    readonly earlier?: EarlierRollouts;
    /** Members of rollouts that are under way, also those that have ended. */
    readonly members: readonly Member[];
    readonly served: ReadonlySet<string>;
    /** Undefined = not read; then the look that reads the accounts plans automatic rollouts again. */
    readonly accounts: readonly AccountState[] | undefined;
    /** The organization whose accounts were listed. */
    readonly organizationId?: string | undefined;
    /** Why the organization of the Fleet could not be listed; undefined where it was listed. */
    readonly unlisted?: Organization['unlisted'];
  };
}

type Fleet = Pick<FleetSnapshot, 'policies' | 'clusters'> & Partial<Pick<FleetSnapshot, 'unreadablePolicies'>>;

/** One look at a fleet asks for every rollout which policy a cluster belongs to, so the answers are kept; what was read does not change meanwhile. */
const matchesOf = remembered(
  (_: Fleet['policies']) => remembered((_: Fleet['clusters']) => new Map<string, PolicyMatch>(), new WeakMap()),
  new WeakMap(),
);

/** What the cluster's policy says of the images of node groups; undefined where not exactly one policy selects the cluster. */
export function nodesIn(fleet: Fleet, cluster: ClusterRecord): NodesSpec {
  const match = policyMatch(fleet, cluster);
  return match.type === 'one' ? match.policy.spec.nodes : undefined;
}

/** The policy that selects a cluster of a snapshot. */
export function policyMatch({ policies, clusters, unreadablePolicies }: Fleet, cluster: ClusterRecord): PolicyMatch {
  const matches = matchesOf(policies)(clusters);
  const found = matches.get(cluster.clusterKey);
  if (found !== undefined) return found;
  const match = policyOf(
    cluster,
    [...policies.values()].map((applied) => applied.policy),
    unreadablePolicies,
  );
  matches.set(cluster.clusterKey, match);
  return match;
}

/** A look at a whole fleet asks for each of its clusters. */
const byCluster = remembered(
  (upgrades: readonly Upgrade[]) => Map.groupBy(upgrades, ({ clusterKey }) => clusterKey),
  new WeakMap(),
);

/** The cluster as it is by now, which the inventory learns only at its next look. */
export function asUpgraded({ upgrades }: Pick<FleetSnapshot, 'upgrades'>, cluster: ClusterRecord): ClusterRecord {
  const own = byCluster(upgrades).get(cluster.clusterKey);
  return own === undefined ? cluster : { ...cluster, version: versionNow(cluster, own).toString() };
}

/** The clusters that there are, each as it is by now. */
export const clustersNow = (snapshot: Pick<FleetSnapshot, 'clusters' | 'upgrades'>): readonly ClusterRecord[] =>
  [...snapshot.clusters.values()]
    .filter(({ deletedAt }) => deletedAt === undefined)
    .map((one) => asUpgraded(snapshot, one));
