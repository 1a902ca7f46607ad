import { FLEET, fleetSpec } from '../../core/policy/applied.ts';
import { ClusterControls, Configs, FleetControls } from '../../core/store/entities.ts';
import {
  type Check,
  type CommitAt,
  commitAt,
  isGoingBack,
  isUndoing,
  type Moment,
  placeAt,
  type Violation,
} from './history.ts';
import type { StoreAt } from './store-at.ts';

/**
 * 11 `stop` and 15 `observe`: no commit while the fleet is stopped, its mode is not `act`, its rollout is paused or aborted, or its cluster is held
 * (protocol.md, What a grant and a commit check). The state in force comes from the audit, at the item of the commit.
 */
export const checkStop = (): Check => (moment) => {
  const commit = commitAt(moment);
  if (commit === undefined) return [];
  return (isUndoing(commit.upgrade) ? forbiddenToUndo(commit) : obstacles(moment, commit)).map(([invariant, why]) => ({
    invariant,
    message: `${commit.clusterKey} #${moment.item.sequence}: ${commit.call.name} was committed while ${why}`,
  }));
};

/** `test/behaviour/update-config.test.ts` checks that a group gets back its former settings and nothing else. */
const UNDOING: readonly string[] = ['UncordonNode', 'UpdateNodegroupConfig', 'DeleteHookJob', 'UnmuteAlarms'];

/** A machine that nothing stops may only undo changes. */
const forbiddenToUndo = ({ call }: CommitAt): [Violation['invariant'], string][] =>
  UNDOING.includes(call.name) ? [] : [['stop', 'it was only to take back what another upgrade had left']];

function obstacles({ store }: Moment, { clusterKey, upgrade }: CommitAt): [Violation['invariant'], string][] {
  const found = standingObstacles(store, clusterKey, !isGoingBack(upgrade));
  const place = upgrade === undefined ? undefined : placeAt(store, upgrade);
  if (place?.rollout.status === 'Paused' || place?.rollout.status === 'Aborted')
    found.push(['stop', `the rollout ${place.rollout.id} was ${place.rollout.status}`]);
  if (place !== undefined && place.policy === undefined)
    found.push(['stop', `nobody could read the policy ${place.rollout.policy}`]);
  return found;
}

/** Obstacles for a cluster in any rollout: the mode, a stop, a hold. Each with the invariant that it would violate. */
export function standingObstacles(
  store: StoreAt,
  clusterKey: string,
  asksHold = true,
): [Violation['invariant'], string][] {
  const found: [string, string][] = [];
  const fleet = fleetSpec(store.get(Configs, 'Fleet', FLEET));
  if (fleet?.mode !== 'act') found.push(['observe', `the mode of the fleet was ${fleet?.mode ?? 'not set'}`]);
  if (store.get(FleetControls)?.stopped === true) found.push(['stop', 'the fleet was stopped']);
  if (asksHold && store.get(ClusterControls, clusterKey)?.held !== undefined)
    found.push(['stop', 'its cluster was held']);
  return found;
}
