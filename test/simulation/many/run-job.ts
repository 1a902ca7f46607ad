import { planFaults } from '../../../simulator/simulate/faults/plan-faults.ts';
import { prepareSimulation } from '../../../simulator/simulate/run/prepare-simulation.ts';
import { runSimulation } from '../../../simulator/simulate/run/run-simulation.ts';
import type { Job, Report } from './batch.ts';

/** Plans and performs one run. An exception is a problem like any other, because a run must end. */
export async function runJob(job: Job): Promise<Report> {
  const { seed, clusters, target, faults: level } = job;
  const begun = performance.now();
  try {
    const fleet = { clusters, target };
    const prepared = await prepareSimulation({ seed, fleet });
    const faults = planFaults(level, seed, prepared.state);
    const { result } = await runSimulation({ seed, fleet, faults }, prepared);
    const problems = result.violations.map(({ invariant, message }) => `${invariant}: ${message}`);
    return { job, outcome: result.outcome, milliseconds: performance.now() - begun, problems };
  } catch (error) {
    const thrown = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { job, outcome: 'thrown', milliseconds: performance.now() - begun, problems: [thrown] };
  }
}
