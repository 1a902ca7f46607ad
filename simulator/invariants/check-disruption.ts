import { disruptionCounts } from '../kubernetes/disruption/disruption-counts.ts';
import { type Check, commitAt, type History, placeAt, type Violation } from './history.ts';

/**
 * 24 `disruption`: no eviction was let through that a budget forbade, and no roll took more nodes down than the policy in force at its commit lets be
 * down at once (`disruption.maxUnavailable`). Both are counted by the fake. test/behaviour/drains-under-faults.test.ts covers drains.
 */
export function checkDisruption({ world }: History): Check {
  const counts = Object.values(world.eks.state.clusters).map(disruptionCounts);
  const rolls = new Map(counts.flatMap(({ taken }) => taken.map((one) => [one.token, one])));
  const forbidden = counts.reduce((sum, one) => sum + one.forbidden.evicted, 0);
  const untold = forbidden === 0 ? [] : [disruption(`${forbidden} pods were evicted although a budget forbade it`)];
  return (moment) => {
    const evicted = untold.splice(0);
    const commit = commitAt(moment);
    const roll =
      commit?.call.name === 'UpdateNodegroupVersion' ? rolls.get(commit.call.input.clientRequestToken) : undefined;
    const limit = placeAt(moment.store, commit?.upgrade ?? {})?.policy?.disruption?.maxUnavailable;
    if (roll === undefined || limit === undefined) return evicted;
    const allowed =
      typeof limit === 'number' ? limit : Math.max(1, Math.floor((roll.of * Number(limit.replace('%', ''))) / 100));
    if (roll.down <= allowed) return evicted;
    const said = `the roll of ${commit?.subject} of ${commit?.clusterKey} at ${moment.item.at} had ${roll.down} of ${roll.of} nodes down, at most ${limit} may be`;
    return [...evicted, disruption(said)];
  };
}

const disruption = (message: string): Violation => ({ invariant: 'disruption', message });
