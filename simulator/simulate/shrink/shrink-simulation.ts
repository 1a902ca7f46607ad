import type { Violation } from '../../invariants/history.ts';
import { prepareSimulation } from '../run/prepare-simulation.ts';
import { runSimulation } from '../run/run-simulation.ts';
import type { Simulation } from '../run/simulation.ts';
import { deltaDebug } from './delta-debug.ts';

export interface Shrunk {
  readonly simulation: Simulation;
  /** The first violation of the same invariant in the run that is left. */
  readonly violation: Violation;
  /** Runs that it took. */
  readonly runs: number;
}

/**
 * Makes a run that breaks an invariant as small as it gets while it breaks the same invariant: first faults are taken away, then clusters,
 * then faults once more. Ends after `most` runs with what it has.
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

/** A run that throws is no run: it breaks nothing that can be compared. */
async function violationsOf(simulation: Simulation): Promise<readonly Violation[]> {
  return (await runSimulation(simulation)).result.violations;
}
