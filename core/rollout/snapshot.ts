import type { FleetSpec, UpgradePolicy } from '../config/types.ts';
import type { AccountState, ClusterControl, ClusterRecord, RegionVersions } from '../contracts/items/cluster.ts';
import type { Epoch, Grant, Ledger, Upgrade } from '../contracts/items/protocol.ts';
import type { FleetControl, Member, Rollout, Wave } from '../contracts/items/rollout.ts';

/** Everything that the reconciler decides from, read at one time. Maps are by cluster key, rollout id, or policy name. */
export interface FleetSnapshot {
  readonly epoch: Epoch | undefined;
  readonly fleet: FleetSpec | undefined;
  readonly control: FleetControl | undefined;
  readonly policies: ReadonlyMap<
    string,
    { readonly policy: UpgradePolicy; readonly revision: string; readonly appliedBy: string }
  >;
  readonly clusters: ReadonlyMap<string, ClusterRecord>;
  readonly controls: ReadonlyMap<string, ClusterControl>;
  readonly regions: ReadonlyMap<string, RegionVersions>;
  readonly ledger: Ledger;
  readonly grants: readonly Grant[];
  /** Not terminal, and those that open grants name. */
  readonly upgrades: readonly Upgrade[];
  readonly rollouts: readonly Rollout[];
  readonly waves: readonly Wave[];
  /** Not settled, or quarantined. */
  readonly members: readonly Member[];
  /**
   * Set on a full look: every rollout that ever was, each cluster that has been in one, as `<policy>/<target>/<clusterKey>`, and where
   * discovery has looked.
   */
  readonly history?: {
    readonly rollouts: readonly Rollout[];
    readonly served: ReadonlySet<string>;
    readonly accounts: readonly AccountState[];
  };
}
