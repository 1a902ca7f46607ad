import type { Json } from '../../simulator/asl/json/json.ts';
import type { Runner } from '../../simulator/asl/runner/runner.ts';
import { TaskError, type TaskInvocation } from '../../simulator/asl/runner/task-invocation.ts';
import type { VirtualClock } from '../../simulator/clock/virtual-clock.ts';
import type { Mock, MockResponse } from './cases.ts';
import { matches } from './wildcard.ts';

function causeText(cause: Json | undefined): string | undefined {
  return typeof cause === 'string' || cause === undefined || cause === null
    ? (cause ?? undefined)
    : JSON.stringify(cause);
}

/** Answers tasks from the mocks of a recording. Each mock counts for itself how many of its responses are used up. */
export class MockTasks {
  readonly #left: { readonly mock: Mock; readonly responses: MockResponse[] }[];
  readonly #clock: VirtualClock;

  constructor(mocks: readonly Mock[], clock: VirtualClock) {
    this.#left = mocks.map((mock) => ({ mock, responses: [...mock.responses] }));
    this.#clock = clock;
  }

  /** Does a task as the recording says; one that waits for a token is ended through `runner` once it is submitted. */
  async answer(task: TaskInvocation, runner: Runner): Promise<Json> {
    const response = this.#take(task);
    if (response.hang) {
      if (task.taskToken !== undefined) return {};
      return this.#clock.park(new Promise<Json>(() => {}));
    }
    if (task.taskToken !== undefined) {
      const { taskToken } = task;
      this.#clock.schedule(this.#clock.now(), () => this.#report(runner, taskToken, response));
      return {};
    }
    if (response.output !== undefined) return response.output;
    throw new TaskError(response.error ?? '', causeText(response.cause) ?? '');
  }

  #take(task: TaskInvocation): MockResponse {
    const found = this.#left.find(
      ({ mock, responses }) =>
        responses.length > 0 && mock.resource === task.resource && matches(mock.match, task.arguments, 'subset'),
    );
    const response = found?.responses.shift();
    if (response) return response;
    throw new TaskError('NoMockLeft', `${task.resource} with ${JSON.stringify(task.arguments)}`);
  }

  #report(runner: Runner, taskToken: string, response: MockResponse): Promise<void> {
    if (response.output !== undefined) {
      return runner.sendTaskSuccess({ taskToken, output: JSON.stringify(response.output) });
    }
    const { error } = response;
    const cause = causeText(response.cause);
    return runner.sendTaskFailure({
      taskToken,
      ...(error ? { error } : {}),
      ...(cause === undefined ? {} : { cause }),
    });
  }
}
