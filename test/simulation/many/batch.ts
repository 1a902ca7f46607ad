import type { FaultLevel } from '../../../simulator/simulate/faults/planned-fault.ts';

/** Runs of fleets of one size, with consecutive seeds. */
export interface Batch {
  readonly runs: number;
  readonly clusters: number;
  readonly faults: FaultLevel;
  readonly target: string;
  readonly firstSeed: number;
}

/** One run of a batch. */
export interface Job {
  readonly seed: number;
  readonly clusters: number;
  readonly faults: FaultLevel;
  readonly target: string;
}

/** A worker's report of one run. `problem` names the violation, or why the run did not end. */
export interface Report {
  readonly job: Job;
  readonly outcome: string;
  readonly milliseconds: number;
  readonly problems: readonly string[];
}

/** Every run of these batches, with large and small fleets in turns, so that workers end at about the same time. */
export function jobsOf(batches: readonly Batch[]): Job[] {
  const jobs = batches.flatMap(({ runs, firstSeed, ...rest }) =>
    Array.from({ length: runs }, (_, index) => ({ place: index / runs, job: { ...rest, seed: firstSeed + index } })),
  );
  return jobs.sort((a, b) => a.place - b.place).map(({ job }) => job);
}
