import { machineArnOf, runOf, simulate, simulation } from '../../../../test/material/asl/simulation.ts';
import { TaskError } from '../../runner/task-invocation.ts';
import type { HistoryEvent } from '../history-event.ts';

const wait = (seconds: string): unknown => ({ Type: 'Wait', Seconds: seconds, End: true });
const scope = (name: string, state: unknown): unknown => ({ StartAt: name, States: { [name]: state } });

const typesOf = (history: readonly HistoryEvent[]): string[] => history.map(({ type }) => type);

describe('a Map state', () => {
  it('keeps results in order of the items, whatever order they end in', async () => {
    const ItemProcessor = scope('W', {
      Type: 'Wait',
      Seconds: '{% $states.input %}',
      Output: '{% "s" & $states.input %}',
      End: true,
    });
    const run = await simulate({ M: { Type: 'Map', ItemProcessor, End: true } }, [3, 1, 2]);
    expect(run).toMatchObject({ output: ['s3', 's1', 's2'], seconds: 3 });
  });

  it.each([
    [1, 10],
    [2, 5],
    [0, 1],
  ])('with MaxConcurrency %d takes %d times as long as one of ten items', async (MaxConcurrency, seconds) => {
    const M = {
      Type: 'Map',
      Items: '{% [1..10] %}',
      MaxConcurrency,
      ItemProcessor: scope('W', wait('{% 1 %}')),
      End: true,
    };
    expect((await simulate({ M })).seconds).toBe(seconds);
  });

  it('tells the selector and the states inside which item they are at, also when nested', async () => {
    const inner = {
      Type: 'Map',
      Items: '{% $states.input.list %}',
      ItemSelector: '{% $states.context.Map.Item.Value & $string($states.context.Map.Item.Index) %}',
      ItemProcessor: scope('I', {
        Type: 'Pass',
        Output: '{% $states.input & "/" & $states.context.Map.Item.Value %}',
        End: true,
      }),
      Output: '{% {"outer": $states.context.Map.Item.Index, "inner": $states.result} %}',
      End: true,
    };
    const { output } = await simulate({ M: { Type: 'Map', ItemProcessor: scope('N', inner), End: true } }, [
      { list: ['a', 'b'] },
      { list: ['c', 'd'] },
    ]);
    expect(output).toEqual([
      { outer: 0, inner: ['a0/a', 'b1/b'] },
      { outer: 1, inner: ['c0/c', 'd1/d'] },
    ]);
  });

  it('fails with the error of the first iteration that fails, and stops the others', async () => {
    const states = {
      C: { Type: 'Choice', Choices: [{ Condition: '{% $states.input = 2 %}', Next: 'X' }], Default: 'W' },
      W: { Type: 'Wait', Seconds: 1_000, End: true },
      X: { Type: 'Fail', Error: 'Broken', Cause: '{% "item " & $states.input %}' },
    };
    const ItemProcessor = { StartAt: 'C', States: states };
    const { execution, history, seconds } = await simulate({ M: { Type: 'Map', ItemProcessor, End: true } }, [1, 2, 3]);
    expect({ ...execution, seconds }).toMatchObject({ error: 'Broken', cause: 'item 2', seconds: 0 });
    const types = history.map(({ type }) => type);
    expect(types.slice(types.indexOf('FailStateEntered'))).toEqual([
      'FailStateEntered',
      'WaitStateEntered',
      'MapIterationFailed',
      'MapIterationAborted',
      'WaitStateAborted',
      'MapIterationAborted',
      'WaitStateAborted',
      'MapStateFailed',
      'ExecutionFailed',
    ]);
  });

  it('runs all its items again when it is retried', async () => {
    let calls = 0;
    const work = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true };
    const M = { Type: 'Map', ItemProcessor: scope('T', work), Retry: [{ ErrorEquals: ['E'] }], End: true };
    const { output, history } = await simulate({ M }, [1, 2], async ({ arguments: item }) => {
      if (++calls === 2) throw new TaskError('E', '');
      return item;
    });
    expect({ calls, output }).toEqual({ calls: 4, output: [1, 2] });
    expect(typesOf(history).filter((type) => type.startsWith('MapState'))).toEqual([
      'MapStateEntered',
      'MapStateStarted',
      'MapStateStarted',
      'MapStateSucceeded',
      'MapStateExited',
    ]);
  });

  // As recorded (LocalStack's test_service_lambda_map_timeout): a failed task is open, like those of the others.
  it('aborts the task that failed and those of the other iterations, each after its iteration', async () => {
    const work = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', TimeoutSeconds: 5, End: true };
    const M = { Type: 'Map', ItemProcessor: scope('T', work), End: true };
    const made = simulation(() => made.clock.park(new Promise(() => {})));
    made.runner.machines.create({
      arn: machineArnOf('m'),
      name: 'm',
      definition: { QueryLanguage: 'JSONata', StartAt: 'M', States: { M } },
    });
    const { executionArn } = await made.runner.startExecution({ machineArn: machineArnOf('m'), input: '[1,2]' });
    await made.clock.runUntilIdle();
    expect(typesOf(runOf(made.runner, executionArn).history).slice(-7)).toEqual([
      'TaskTimedOut',
      'MapIterationFailed',
      'TaskStateAborted',
      'MapIterationAborted',
      'TaskStateAborted',
      'MapStateFailed',
      'ExecutionFailed',
    ]);
  });

  it('wants an array, and a selector that can be evaluated', async () => {
    const M = { Type: 'Map', ItemProcessor: scope('P', { Type: 'Pass', End: true }), End: true };
    const text = await simulate({ M }, 'text');
    expect(text.execution.cause).toContain('Map state input must be an array but was: "text"');
    expect(typesOf(text.history).slice(1)).toEqual([
      'MapStateEntered',
      'EvaluationFailed',
      'MapStateFailed',
      'ExecutionFailed',
    ]);
    const { execution, history } = await simulate({ M: { ...M, ItemSelector: '{% $states.input[7] %}' } }, [1]);
    expect(execution.error).toBe('States.QueryEvaluationError');
    expect(typesOf(history).slice(2)).toEqual([
      'MapStateStarted',
      'EvaluationFailed',
      'MapStateFailed',
      'ExecutionFailed',
    ]);
  });
});

describe('a Parallel state', () => {
  it('gives its arguments to every branch, and the results as an array', async () => {
    const Branches = [scope('A', { Type: 'Pass', End: true }), scope('B', { Type: 'Pass', Output: 'b', End: true })];
    const P = {
      Type: 'Parallel',
      Branches,
      Arguments: { n: '{% $states.input + 1 %}' },
      Output: '{% $states.result %}',
      End: true,
    };
    expect((await simulate({ P }, 1)).output).toEqual([{ n: 2 }, 'b']);
  });

  it('stops the tasks of other branches when one fails, and may catch that as States.BranchFailed', async () => {
    const aborted: string[] = [];
    const { clock, runner } = simulation((task) => {
      task.signal.addEventListener('abort', () => aborted.push(task.action));
      return clock.park(new Promise(() => {}));
    });
    const Branches = [
      scope('T', { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage', End: true }),
      { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 5, Next: 'X' }, X: { Type: 'Fail', Error: 'Broken' } } },
    ];
    const Catch = [{ ErrorEquals: ['States.BranchFailed'], Next: 'F', Output: '{% $states.errorOutput.Error %}' }];
    const States = { P: { Type: 'Parallel', Branches, Catch, End: true }, F: { Type: 'Pass', End: true } };
    runner.machines.create({
      arn: machineArnOf('m'),
      name: 'm',
      definition: { QueryLanguage: 'JSONata', StartAt: 'P', States },
    });
    const { executionArn } = await runner.startExecution({ machineArn: machineArnOf('m') });
    await clock.runUntilIdle();
    expect(runOf(runner, executionArn)).toMatchObject({ output: 'Broken', seconds: 5 });
    expect(typesOf(runOf(runner, executionArn).history).slice(-6, -2)).toEqual([
      'TaskStateAborted',
      'ParallelStateFailed',
      'ParallelStateExited',
      'PassStateEntered',
    ]);
    expect(aborted).toEqual(['sendMessage']);
  });

  it('fails once, after its last retry, and aborts the task that failed each time', async () => {
    const work = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true };
    const P = {
      Type: 'Parallel',
      Branches: [scope('T', work)],
      Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }],
      End: true,
    };
    const { history } = await simulate({ P }, {}, async () => {
      throw new TaskError('E', '');
    });
    expect(typesOf(history).filter((type) => !/^Task(StateEntered|Scheduled|Started)$/.test(type))).toEqual([
      'ExecutionStarted',
      'ParallelStateEntered',
      'ParallelStateStarted',
      'TaskFailed',
      'TaskStateAborted',
      'ParallelStateStarted',
      'TaskFailed',
      'TaskStateAborted',
      'ParallelStateFailed',
      'ExecutionFailed',
    ]);
  });

  it('fails when its arguments cannot be evaluated', async () => {
    const Branches = [scope('A', { Type: 'Pass', End: true })];
    const { history } = await simulate({ P: { Type: 'Parallel', Branches, Arguments: '{% $missing %}', End: true } });
    expect(typesOf(history).slice(2)).toEqual(['EvaluationFailed', 'ParallelStateFailed', 'ExecutionFailed']);
  });
});
