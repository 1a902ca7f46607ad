import { simulate } from '../../../test/material/asl/simulation.ts';
import type { Json } from '../json/json.ts';
import { type InvokeTask, TaskError } from '../runner/task-invocation.ts';

const task = { Type: 'Task', Resource: 'arn:aws:states:::aws-sdk:eks:describeUpdate', Arguments: {}, End: true };
const fallback = { Type: 'Pass', End: true };

/** Fails with each of the errors in turn, then returns `output`. */
function failing(errors: readonly string[], output: Json = 'done'): InvokeTask {
  let call = 0;
  return async () => {
    const error = errors[call++];
    if (error !== undefined) throw new TaskError(error, `because of ${error}`);
    return output;
  };
}

describe('retrying', () => {
  it('waits longer each time, up to a maximum', async () => {
    const Retry = [{ ErrorEquals: ['E'], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 4, MaxDelaySeconds: 20 }];
    const run = await simulate({ T: { ...task, Retry } }, {}, failing(['E', 'E', 'E', 'E']));
    expect(run).toMatchObject({ seconds: 2 + 6 + 18 + 20, output: 'done' });
  });

  it('takes part of the delay with full jitter', async () => {
    const Retry = [{ ErrorEquals: ['E'], IntervalSeconds: 10, JitterStrategy: 'FULL' }];
    expect((await simulate({ T: { ...task, Retry } }, {}, failing(['E']))).seconds).toBe(5);
  });

  it('counts by retrier and gives up after three attempts by default', async () => {
    const Retry = [
      { ErrorEquals: ['A'], MaxAttempts: 1 },
      { ErrorEquals: ['States.ALL'], BackoffRate: 1 },
    ];
    const { execution, seconds } = await simulate({ T: { ...task, Retry } }, {}, failing(['A', 'B', 'B', 'B', 'B']));
    expect({ ...execution, seconds }).toMatchObject({
      status: 'FAILED',
      error: 'B',
      cause: 'because of B',
      seconds: 4,
    });
  });

  it('evaluates the arguments again and tells them the count, without entering the state again', async () => {
    const seen: Json[] = [];
    const again = {
      ...task,
      Arguments: { try: '{% $states.context.State.RetryCount %}' },
      Retry: [{ ErrorEquals: ['E'] }],
    };
    const answer = failing(['E', 'E']);
    const { history } = await simulate({ T: again }, {}, (invocation, surroundings) => {
      seen.push(invocation.arguments);
      return answer(invocation, surroundings);
    });
    expect(seen).toEqual([{ try: 0 }, { try: 1 }, { try: 2 }]);
    expect(history.filter(({ type }) => type === 'TaskStateEntered')).toHaveLength(1);
    expect(history.filter(({ type }) => type === 'TaskScheduled')).toHaveLength(3);
  });
});

describe('catching', () => {
  it('gives the error and its cause on, and may assign and shape them', async () => {
    const Catch = [
      { ErrorEquals: ['Other'], Next: 'F' },
      {
        ErrorEquals: ['E'],
        Next: 'F',
        Assign: { name: '{% $states.errorOutput.Error %}' },
        Output: { input: '{% $states.input %}', cause: '{% $states.errorOutput.Cause %}' },
      },
    ];
    const last = { Type: 'Pass', Output: '{% $merge([$states.input, {"name": $name}]) %}', End: true };
    const { output } = await simulate({ T: { ...task, Catch }, F: last }, 1, failing(['E']));
    expect(output).toEqual({ input: 1, cause: 'because of E', name: 'E' });
  });

  it('comes after the retries', async () => {
    const recovery = { Retry: [{ ErrorEquals: ['E'], MaxAttempts: 2 }], Catch: [{ ErrorEquals: ['E'], Next: 'F' }] };
    const run = await simulate({ T: { ...task, ...recovery }, F: fallback }, {}, failing(['E', 'E', 'E']));
    expect(run).toMatchObject({ seconds: 3, output: { Error: 'E', Cause: 'because of E' } });
  });

  it.each([
    ['E', 'States.ALL', true],
    ['E', 'States.TaskFailed', true],
    ['States.Timeout', 'States.ALL', true],
    ['States.Timeout', 'States.TaskFailed', false],
    ['States.Permissions', 'States.TaskFailed', true],
    ['States.DataLimitExceeded', 'States.ALL', true],
    ['States.DataLimitExceeded', 'States.DataLimitExceeded', true],
    ['States.Runtime', 'States.ALL', false],
    ['States.Runtime', 'States.Runtime', false],
  ])('%s by %s: %s', async (error, name, caught) => {
    const Catch = [{ ErrorEquals: [name], Next: 'F' }];
    const { execution } = await simulate({ T: { ...task, Catch }, F: fallback }, {}, failing([error]));
    expect(execution.status).toBe(caught ? 'SUCCEEDED' : 'FAILED');
  });

  it('catches expressions that fail, and fails when those of the catcher do', async () => {
    const bad = '{% $states.input.missing %}';
    const catcher = { ErrorEquals: ['States.QueryEvaluationError'], Next: 'F' };
    const caught = await simulate({ T: { ...task, Arguments: bad, Catch: [catcher] }, F: fallback });
    expect(caught.output).toMatchObject({ Error: 'States.QueryEvaluationError' });
    const failed = await simulate({
      T: { ...task, Arguments: bad, Catch: [{ ...catcher, Output: bad }] },
      F: fallback,
    });
    expect(failed.execution.cause).toContain("specified for the field 'Catch[0]/Output' returned nothing (undefined).");
  });
});
