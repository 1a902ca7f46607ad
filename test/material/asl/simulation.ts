import type { HistoryEvent } from '../../../simulator/asl/interpreter/history-event.ts';
import type { Environment } from '../../../simulator/asl/interpreter/turn.ts';
import type { Json } from '../../../simulator/asl/json/json.ts';
import type { ExecutionDescription } from '../../../simulator/asl/runner/execution-description.ts';
import type { RunnerOptions } from '../../../simulator/asl/runner/requests.ts';
import { Runner } from '../../../simulator/asl/runner/runner.ts';
import type { InvokeTask } from '../../../simulator/asl/runner/task-invocation.ts';
import { VirtualClock } from '../../../simulator/clock/virtual-clock.ts';

/** The instant simulations start at. */
export const simulationStart = new Date('2026-01-01T00:00:00.000Z');

/** The ARN simulations give to the machine called `name`. */
export function machineArnOf(name: string): string {
  return `arn:aws:states:eu-west-1:111111111111:stateMachine:${name}`;
}

/** UUIDs that count up, and dice that always show the middle. */
export function countingEnvironment(): Environment {
  let count = 0;
  return { random: () => 0.5, uuid: () => `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}` };
}

/** A runner on a virtual clock of its own. */
export interface Simulation {
  readonly clock: VirtualClock;
  readonly runner: Runner;
}

/** Makes a runner on a virtual clock. Tasks get null unless `invokeTask` says otherwise. */
export function simulation(
  invokeTask: InvokeTask = async () => null,
  options: Partial<RunnerOptions> = {},
): Simulation {
  const clock = new VirtualClock({ start: simulationStart });
  const runner = new Runner({
    timers: clock,
    track: (work) => clock.track(work),
    environment: countingEnvironment(),
    invokeTask,
    ...options,
  });
  return { clock, runner };
}

/** How an execution came out. */
export interface SimulatedRun {
  readonly execution: ExecutionDescription;
  /** The output as JSON, undefined when there is none. */
  readonly output: Json | undefined;
  readonly history: readonly HistoryEvent[];
  /** Simulated seconds from start to end. */
  readonly seconds: number;
}

/** Looks up how an execution came out. */
export function runOf(runner: Runner, executionArn: string): SimulatedRun {
  const execution = runner.describeExecution(executionArn);
  const { output, startDate, stopDate = startDate } = execution;
  return {
    execution,
    output: output === undefined ? undefined : JSON.parse(output),
    history: runner.getExecutionHistory({ executionArn, maxResults: 1_000 }).events,
    seconds: (stopDate.getTime() - startDate.getTime()) / 1_000,
  };
}

/** Runs one execution of states in JSONata, starting with the first of them, to its end. */
export async function simulate(
  states: Readonly<Record<string, unknown>>,
  input: Json = {},
  invokeTask?: InvokeTask,
): Promise<SimulatedRun> {
  const { clock, runner } = simulation(invokeTask);
  const definition = { QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states };
  runner.machines.create({ arn: machineArnOf('machine'), name: 'machine', definition });
  const request = { machineArn: machineArnOf('machine'), name: 'run', input: JSON.stringify(input) };
  const { executionArn } = await runner.startExecution(request);
  await clock.runUntilIdle();
  return runOf(runner, executionArn);
}
