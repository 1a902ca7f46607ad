import { HORIZON_MILLISECONDS } from '../../policy/never-starts.ts';
import { instantOrNull } from '../document/instant.ts';
import type { PlanDocument } from '../document/plan-schema.ts';
import { blockedOf, type Drawn, hopsOf, membersOf } from '../drawn.ts';
import { someNeverStart } from '../never-starts.ts';
import { runForward } from '../run-forward.ts';
import { drawnChance, spreadOf } from './drawn-chance.ts';

/** About this many hops are drawn in all, so that a plan stays within its time: small fleets get many runs, large ones few. */
const HOPS_IN_ALL = 6_000;
const FEWEST_RUNS = 4;
/** From this many hops on durations are rounded to a quarter of the estimate, below that to a twelfth: over many hops the difference evens out. */
const MANY_HOPS = 500;
const MOST_RUNS = 200;

/** Large fleets need few runs, since the last end of thousands of hops hardly varies. */
export const runsFor = (hops: number): number =>
  Math.min(MOST_RUNS, Math.max(FEWEST_RUNS, Math.round(HOPS_IN_ALL / Math.max(1, hops))));

/**
 * When everything is done, with durations and failures drawn by chance; the same seed gives the same answer. A run does not end if a cluster of the
 * plan was never tried in it, because a wave before it halted or because it is set aside for good.
 */
export function etaOf(drawn: Drawn, seed: number, runs?: number): PlanDocument['eta'] {
  const { input, plans } = drawn;
  const members = plans.flatMap(membersOf);
  const hops = members.reduce((sum, member) => sum + hopsOf(member).length, 0);
  const count = members.length === 0 ? 0 : (runs ?? runsFor(hops));
  const spread = spreadOf(input.snapshot.learned);
  const ends: number[] = [];
  const isStopped = blockedOf(drawn).length > 0;
  const never =
    isStopped ||
    plans.some((plan) => {
      const left = membersOf(plan).filter(({ clusterKey }) => !drawn.forward.fleet.lived.has(clusterKey));
      return someNeverStart(input, plan, left, input.now.getTime() + HORIZON_MILLISECONDS);
    });
  if (never) ends.push(...Array.from({ length: count }, () => Number.POSITIVE_INFINITY));
  for (let run = ends.length; run < count; run += 1) {
    const { fleet } = runForward(input, plans, drawnChance(spread, seed, run, hops > MANY_HOPS ? 4 : 12));
    const settled = new Set<string>();
    for (const { list } of fleet.members.values())
      for (const { clusterKey, status } of list)
        if (status === 'Succeeded' || status === 'Failed') settled.add(clusterKey);
    const done = members.every(({ clusterKey }) => settled.has(clusterKey));
    const last = [...fleet.lived.values()].reduce((most, { endedAt = 0 }) => Math.max(most, endedAt), 0);
    ends.push(done ? last : Number.POSITIVE_INFINITY);
  }
  ends.sort((a, b) => a - b);
  const quantile = (share: number): string | null => {
    const end = ends[Math.max(0, Math.ceil(share * ends.length) - 1)];
    return instantOrNull(end === Number.POSITIVE_INFINITY ? undefined : end);
  };
  const unfinished = ends.filter((end) => end === Number.POSITIVE_INFINITY).length;
  return { p50: quantile(0.5), p90: quantile(0.9), runs: count, unfinished, seed };
}
