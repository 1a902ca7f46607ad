import { InvalidDefinition, UnsupportedDefinition } from '../../simulator/asl/definition/diagnostics.ts';
import { load } from '../../simulator/asl/definition/load.ts';
import { Runner } from '../../simulator/asl/runner/runner.ts';
import { VirtualClock } from '../../simulator/clock/virtual-clock.ts';
import type { RecordedCase, RefusedDefinition } from './cases.ts';
import { type Difference, differences } from './compare.ts';
import { MockTasks } from './mock-tasks.ts';
import { outcomeOf } from './outcome.ts';

/** How a recording fared: it agrees, it differs, or it uses what is not supported. */
export type Verdict =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly differences: readonly Difference[] }
  | { readonly kind: 'refused'; readonly reason: string };

const start = new Date('2026-01-01T00:00:00.000Z');
const machineArn = 'arn:aws:states:us-east-1:111111111111:stateMachine:machine';

function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}

function failedBy(error: unknown): Verdict {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { kind: 'failed', differences: [{ part: 'run', expected: 'no error', actual: message }] };
}

async function execute(recorded: RecordedCase): Promise<Verdict> {
  const clock = new VirtualClock({ start });
  const tasks = new MockTasks(recorded.mocks, clock);
  let uuids = 0;
  const runner: Runner = new Runner({
    timers: clock,
    track: (work) => clock.track(work),
    environment: { random: () => 0.5, uuid: () => `00000000-0000-4000-8000-${String(++uuids).padStart(12, '0')}` },
    invokeTask: (task) => tasks.answer(task, runner),
  });
  const machines = { ...recorded.stateMachines, [machineArn]: recorded.definition };
  for (const [arn, definition] of Object.entries(machines))
    runner.machines.create({ arn, name: nameOf(arn), definition });
  const { executionArn } = await runner.startExecution({ machineArn, input: JSON.stringify(recorded.input) });
  await clock.runUntilIdle();
  const { events } = runner.getExecutionHistory({ executionArn, maxResults: 1_000 });
  const found = differences(recorded.expected, outcomeOf(runner.describeExecution(executionArn), events));
  return found.length === 0 ? { kind: 'passed' } : { kind: 'failed', differences: found };
}

/** Runs a recorded execution in simulated time and compares what happens. */
export async function runCase(recorded: RecordedCase): Promise<Verdict> {
  try {
    return await execute(recorded);
  } catch (error) {
    return error instanceof UnsupportedDefinition ? { kind: 'refused', reason: error.feature } : failedBy(error);
  }
}

/** Loads a definition AWS refused; it must be refused at the same place, with the same code and in the same words. */
export function runInvalid(recorded: RefusedDefinition): Verdict {
  try {
    load(recorded.definition, { type: recorded.type ?? 'STANDARD' });
    return failedBy('the definition was accepted');
  } catch (error) {
    if (!(error instanceof InvalidDefinition)) return failedBy(error);
    const [first] = error.diagnostics;
    const agrees =
      first?.code === recorded.expectedCode &&
      first.location === recorded.expectedLocation &&
      [first.message, error.message].includes(recorded.expectedMessage);
    if (agrees) return { kind: 'passed' };
    const expected = `${recorded.expectedCode}: ${recorded.expectedMessage} at ${recorded.expectedLocation}`;
    return { kind: 'failed', differences: [{ part: 'refusal', expected, actual: error.message }] };
  }
}
