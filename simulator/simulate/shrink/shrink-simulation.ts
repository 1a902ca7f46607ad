import type { Violation } from '../../invariants/history.ts';
import { prepareSimulation } from '../run/prepare-simulation.ts';
import { runSimulation } from '../run/run-simulation.ts';
import type { Simulation } from '../run/simulation.ts';

export interface Shrunk {
  readonly simulation: Simulation;
  /** The first violation of the same invariant in the shrunk run. */
  readonly violation: Violation;
  /** Number of runs of the search. */
  readonly runs: number;
}

/**
 * Shrinks a run that violates an invariant while it violates the same invariant: it removes faults, then clusters, then faults again. Ends after
 * `most` runs with the best result.
 */
export async function shrinkSimulation(wrong: Simulation, violation: Violation, most = 250): Promise<Shrunk> {
  let runs = 0;
  let found = violation;
  const mayGoOn = () => runs < most;
  const breaks = async (candidate: Simulation): Promise<boolean> => {
    runs += 1;
    const again = (await violationsOf(candidate)).find(({ invariant }) => invariant === violation.invariant);
    if (again !== undefined) found = again;
    return again !== undefined;
  };
  const fewerFaults = async (from: Simulation): Promise<Simulation> => ({
    ...from,
    faults: [...(await deltaDebug(from.faults, (faults) => breaks({ ...from, faults: [...faults] }), mayGoOn))],
  });
  let left = await fewerFaults(wrong);
  const names = left.only ?? (await clusterNames(left));
  const only = await deltaDebug(names, (some) => breaks({ ...left, only: [...some] }), mayGoOn);
  if (only.length < names.length) left = await fewerFaults({ ...left, only: [...only] });
  return { simulation: left, violation: found, runs };
}

async function clusterNames(simulation: Simulation): Promise<string[]> {
  const { state } = await prepareSimulation(simulation);
  return Object.values(state.clusters).map((cluster) => cluster.name);
}

/** A run that throws has no violations to compare. */
async function violationsOf(simulation: Simulation): Promise<readonly Violation[]> {
  return (await runSimulation(simulation)).result.violations;
}

/** Whether these items alone still show the problem. */
type StillWrong<Item> = (items: readonly Item[]) => Promise<boolean>;

/**
 * Removes items as long as the problem remains: delta debugging (Zeller, Hildebrandt: Simplifying and isolating failure-inducing input, 2002).
 * Returns a list from which no single item can be removed, or the shortest one found when `mayGoOn` ends the search.
 */
export async function deltaDebug<Item>(
  items: readonly Item[],
  stillWrong: StillWrong<Item>,
  mayGoOn: () => boolean,
): Promise<readonly Item[]> {
  let left = items;
  let parts = 2;
  while (left.length > 0 && mayGoOn()) {
    const without = await reduced(left, Math.min(parts, left.length), stillWrong, mayGoOn);
    if (without !== undefined) {
      left = without;
      parts = Math.max(2, parts - 1);
    } else if (parts >= left.length) break;
    else parts = Math.min(left.length, parts * 2);
  }
  return left;
}

/** The items without one of several equal parts, where the problem remains. */
async function reduced<Item>(
  items: readonly Item[],
  parts: number,
  stillWrong: StillWrong<Item>,
  mayGoOn: () => boolean,
): Promise<readonly Item[] | undefined> {
  const size = Math.ceil(items.length / parts);
  for (let start = 0; start < items.length && mayGoOn(); start += size) {
    const rest = items.toSpliced(start, size);
    if (await stillWrong(rest)) return rest;
  }
  return undefined;
}
