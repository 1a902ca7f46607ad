import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';
import type { Assembly } from '../../simulator/cloud/template/assembly.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import { type PreparedFleet, prepareFleet } from '../../simulator/process/prepare-fleet.ts';
import { cloudProblems } from './cloud-problems.ts';
import { EndedEarly, endAtFirstProblem } from './end-at-first-problem.ts';
import { recordMachines } from './heard.ts';
import { logWarnings, unlogged } from './log-warnings.ts';
import { type Recording, recordingOf } from './recording.ts';
import { type SmallCloud, startSmallCloud } from './small-cloud.ts';
import { ENDS, smallDay } from './small-day.ts';

export interface SmallRun {
  /** What went wrong, each with its cause by name; empty when nothing did. */
  readonly problems: readonly string[];
  /** Whether the run came to its end: what is not in the recording of one that did not says nothing. */
  readonly ended: boolean;
  readonly recording: Recording;
}

export interface SmallRunOptions {
  /** Whoever asks only whether something is wrong need not wait for the rest. */
  readonly endsAtFirstProblem?: boolean;
}

const FLEET = new URL('./fleet/', import.meta.url).pathname;

/** Two clusters in the local cloud, and everything that people and AWS do with them (small-day.ts). */
export async function smallRun(assembly?: Assembly, options: SmallRunOptions = {}): Promise<SmallRun> {
  const notes: string[] = [];
  const prepared = await prepareFleet(FLEET);
  let small: SmallCloud;
  try {
    small = await startSmallCloud(prepared, assembly, (note) => notes.push(note));
  } catch (error) {
    const problems = [`It does not start: ${(error as Error).message}`];
    return { problems, ended: false, recording: { edges: [], permissions: [] } };
  }
  const { cloud, close } = small;
  recordMachines(cloud);
  if (options.endsAtFirstProblem === true) endAtFirstProblem(cloud, notes);
  try {
    const { ended, problems } = await wholeDay(cloud, prepared, notes);
    problems.push(...(await cloudProblems(cloud, notes)), ...logWarnings(cloud), ...unlogged(cloud));
    return { problems, ended, recording: recordingOf(cloud) };
  } finally {
    await close();
  }
}

async function wholeDay(
  cloud: LocalCloud,
  prepared: PreparedFleet,
  notes: string[],
): Promise<{ ended: boolean; problems: string[] }> {
  try {
    await smallDay(cloud, prepared, (problem) => notes.push(problem));
    return { ended: true, problems: await problemsOf(cloud) };
  } catch (error) {
    if (error instanceof EndedEarly) return { ended: false, problems: [] };
    return { ended: false, problems: [`The run ended early: ${(error as Error).message}`] };
  }
}

/** Whether Liftlock did what it was asked for, by what EKS and the audit say. */
async function problemsOf(cloud: LocalCloud): Promise<string[]> {
  const clusters = Object.values(cloud.eks.state.clusters).filter(({ arn, version }) => version !== ENDS[arn]);
  const violations = await checkInvariants(cloud);
  return [
    ...clusters.map(({ arn, name, version }) => `${name} is at ${version} and was to be at ${ENDS[arn]}`),
    ...violations.map(({ invariant, message }) => `${invariant}: ${message}`),
  ];
}
