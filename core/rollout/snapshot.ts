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

import type { Channels } from '../policy/channels.ts';

/** Everything that the reconciler decides from, read at one time. Maps are by cluster key, rollout id, or policy name. */
export interface FleetSnapshot {
  readonly epoch: Epoch | undefined;
  readonly fleet: FleetSpec | undefined;
  readonly control: FleetControl | undefined;
  readonly policies: ReadonlyMap<
    string,
    { readonly policy: UpgradePolicy; readonly revision: string; readonly appliedBy: readonly string[] }
  >;
  /** Those that are applied and that this version cannot read. */
  readonly unreadablePolicies: readonly AppliedConfig[];
  readonly calendars: ReadonlyMap<string, CompiledCalendar>;
  readonly channels: Channels;
  /** What upgrades of this fleet have taken; undefined while nothing was learned. */
  readonly learned: LearnedDurations | undefined;
  /** Gates that were read for this tick, as `<rolloutId>/<waveIndex>`. */
  readonly gateReadings: ReadonlyMap<string, readonly GateReading[]>;
  /** Every cluster, or with the smallest scope those that something in motion is about; `controls` likewise. */
  readonly clusters: ReadonlyMap<string, ClusterRecord>;
  readonly controls: ReadonlyMap<string, ClusterControl>;
  /** Clusters that were left unread since it is not their turn, which is no sign that they are gone; none when absent. */
  readonly unread?: ReadonlySet<string>;
  /** None with the smallest scope, which plans nothing. */
  readonly regions: ReadonlyMap<string, RegionVersions>;
  /** Of Regions where a policy asks for them (`patch`). */
  readonly images?: ReadonlyMap<string, ImageReleases>;
  readonly ledger: Ledger;
  readonly grants: readonly Grant[];
  /** Not terminal, and those that open grants name. */
  readonly upgrades: readonly Upgrade[];
  readonly rollouts: readonly Rollout[];
  readonly waves: readonly Wave[];
  /** Not settled, or quarantined. */
  readonly members: readonly Member[];
  /**
   * The last scans of each cluster, by cluster key. Set on a full look, and where a plan's inventory tells them; else of those alone whose
   * readiness their wave asks for.
   */
  readonly scans?: ReadonlyMap<string, KnownScans>;
  /** Of a plan: every cluster is looked at in time, so that only what is known to be in the way makes one unready. */
  readonly takesLooksForMade?: boolean;
  /**
   * Set on a full look: every rollout that ever was, each cluster that has been in one, as `<policy>/<target>/<clusterKey>`, and where
   * discovery has looked.
   */
  readonly history?: {
    readonly rollouts: readonly Rollout[];
    /** Of every rollout; none while nothing is under way and nothing is to be planned, and so are the others. */
    readonly waves: readonly Wave[];
    /** Of rollouts that are under way, ended members too. */
    readonly members: readonly Member[];
    readonly served: ReadonlySet<string>;
    /** Undefined = not read: what would be planned is planned again by whoever has them. */
    readonly accounts: readonly AccountState[] | undefined;
    /** The organization whose accounts were listed. */
    readonly organizationId?: string | undefined;
    /** Why that of the Fleet could not be listed; undefined where it was. */
    readonly unlisted?: Organization['unlisted'];
  };
}
