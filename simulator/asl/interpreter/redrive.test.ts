import { machineArnOf, runOf, type SimulatedRun, simulation } from '../../../test/material/asl/simulation.ts';
import type { Json } from '../json/json.ts';
import { type InvokeTask, TaskError } from '../runner/task-invocation.ts';
import type { HistoryEvent } from './history-event.ts';

const task = (Arguments: Json, more: object = {}): object => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments,
  ...more,
});
const scope = (name: string, state: object) => ({ StartAt: name, States: { [name]: { ...state, End: true } } });

/** Tasks whose arguments are in `broken` fail, and are recorded by them. */
function workers(broken: Set<Json>): { readonly invoke: InvokeTask; readonly done: Json[] } {
  const done: Json[] = [];
  const invoke: InvokeTask = async ({ arguments: subject }) => {
    done.push(subject);
    if (broken.has(subject)) throw new TaskError('Broken', `${subject} is broken`);
    return `${subject} done`;
  };
  return { invoke, done };
}

interface Tried {
  readonly before: SimulatedRun;
  readonly after: SimulatedRun;
  /** The events since the redrive. */
  readonly since: readonly HistoryEvent[];
}

/** Runs the states to an end, lets `between` repair the world, redrives and runs to the end again. */
async function redriven(
  States: Readonly<Record<string, object>>,
  options: {
    readonly invoke?: InvokeTask;
    readonly stopAfter?: number;
    readonly TimeoutSeconds?: number;
    readonly between?: () => void;
    readonly pause?: number;
  } = {},
): Promise<Tried> {
  const { clock, runner } = simulation(options.invoke);
  const { TimeoutSeconds } = options;
  const limit = TimeoutSeconds === undefined ? {} : { TimeoutSeconds };
  const definition = { QueryLanguage: 'JSONata', StartAt: Object.keys(States)[0], States, ...limit };
  runner.machines.create({ arn: machineArnOf('m'), name: 'm', definition });
  const { executionArn } = await runner.startExecution({
    machineArn: machineArnOf('m'),
    name: 'run',
    input: '{"n":7}',
  });
  if (options.stopAfter !== undefined) {
    await clock.runUntil(new Date(clock.now().getTime() + options.stopAfter * 1_000));
    await runner.stopExecution({ executionArn, error: 'StoppedByHand' });
  }
  await clock.runUntilIdle();
  const before = runOf(runner, executionArn);
  options.between?.();
  if (options.pause !== undefined) await clock.runUntil(new Date(clock.now().getTime() + options.pause * 1_000));
  const { redriveDate } = await runner.redriveExecution({ executionArn });
  await clock.runUntilIdle();
  const after = runOf(runner, executionArn);
  expect(after.history.slice(0, before.history.length)).toEqual(before.history);
  const stopDate = after.execution.stopDate ?? redriveDate;
  const seconds = (stopDate.getTime() - redriveDate.getTime()) / 1_000;
  return { before, after: { ...after, seconds }, since: after.history.slice(before.history.length) };
}

const typesOf = (events: readonly HistoryEvent[]): string[] => events.map(({ type }) => type);

describe('a redriven execution', () => {
  it('goes on at the task that failed, with its input and variables, and runs nothing again that was done', async () => {
    const broken = new Set<Json>(['second']);
    const { invoke, done } = workers(broken);
    const { before, after, since } = await redriven(
      {
        A: task('first', { Assign: { kept: '{% $states.result %}' }, Output: { from: 'A' }, Next: 'B' }),
        B: task('second', { Output: '{% [$states.input, $kept, $states.context.Execution.Input] %}', End: true }),
      },
      { invoke, between: () => broken.clear() },
    );
    expect(before.execution).toMatchObject({ status: 'FAILED', error: 'Broken', redriveStatus: 'REDRIVABLE' });
    expect(after).toMatchObject({
      output: [{ from: 'A' }, 'first done', { n: 7 }],
      execution: { status: 'SUCCEEDED' },
    });
    expect(after.execution).not.toHaveProperty('error');
    expect(done).toEqual(['first', 'second', 'second']);
    expect(typesOf(since)).toEqual([
      'ExecutionRedriven',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    const [first, second] = since;
    expect(first).toMatchObject({
      previousEventId: before.history.length,
      executionRedrivenEventDetails: { redriveCount: 1 },
    });
    expect(second).toMatchObject({ previousEventId: first?.id });
  });

  it('counts its retries from none', async () => {
    const { invoke, done } = workers(new Set(['it']));
    const { after } = await redriven(
      { A: task('it', { Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 2 }], End: true }) },
      { invoke },
    );
    expect(done).toHaveLength(6);
    expect(after.execution).toMatchObject({ status: 'FAILED', redriveCount: 1, redriveStatus: 'REDRIVABLE' });
  });

  it('tells its expressions how often and when it was redriven, and that nothing was retried', async () => {
    const Output = '{% [$states.context.Execution.RedriveCount, $states.context.Execution.RedriveTime] %}';
    const broken = new Set<Json>(['it']);
    const { invoke } = workers(broken);
    const Retry = [{ ErrorEquals: ['Broken'], MaxAttempts: 1 }];
    const { after } = await redriven(
      {
        A: task('it', { Retry, Output: '{% $states.context.State.RetryCount %}', Next: 'B' }),
        B: { Type: 'Pass', Output: [Output, '{% $states.input %}'], End: true },
      },
      { invoke, between: () => broken.clear() },
    );
    expect(after.output).toEqual([[1, '2026-01-01T00:00:01.000Z'], 0]);
  });

  it('has the time of its machine anew', async () => {
    const W = { Type: 'Wait', Seconds: 10, End: true };
    const { before, after } = await redriven({ W }, { TimeoutSeconds: 6 });
    expect(before).toMatchObject({ seconds: 6, execution: { status: 'TIMED_OUT' } });
    expect(after).toMatchObject({ seconds: 6, execution: { status: 'TIMED_OUT', redriveCount: 1 } });
  });

  it.each([
    ['a wait of seconds waits for all of them', { Seconds: 10 }, 10],
    ['a wait for an instant that has passed is left at once', { Timestamp: '2026-01-01T00:00:10Z' }, 0],
    ['a wait for an instant that has not passed waits for it', { Timestamp: '2026-01-01T01:00:00Z' }, 3_496],
  ])('%s', async (_, what, seconds) => {
    const { before, after, since } = await redriven(
      { W: { Type: 'Wait', ...what, Next: 'P' }, P: { Type: 'Pass', End: true } },
      { stopAfter: 4, pause: 100 },
    );
    expect(before.execution).toMatchObject({ status: 'ABORTED', error: 'StoppedByHand' });
    expect(after).toMatchObject({ seconds, execution: { status: 'SUCCEEDED' } });
    expect(typesOf(since)).not.toContain('WaitStateEntered');
  });

  it('evaluates the rules of a Choice state again', async () => {
    const Condition = '{% $states.context.Execution.RedriveCount = 1 %}';
    const { before, after } = await redriven({
      C: { Type: 'Choice', Choices: [{ Condition, Next: 'P' }] },
      P: { Type: 'Pass', End: true },
    });
    expect(before.execution).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
    expect(after.execution.status).toBe('SUCCEEDED');
  });

  it('enters a Fail state again, and fails again', async () => {
    const { after, since } = await redriven({ F: { Type: 'Fail', Error: 'No', Cause: 'never' } });
    expect(after.execution).toMatchObject({ status: 'FAILED', error: 'No', cause: 'never', redriveCount: 1 });
    expect(typesOf(since)).toEqual(['ExecutionRedriven', 'FailStateEntered', 'ExecutionFailed']);
  });

  it('gives the new try of a task all of its time', async () => {
    const { clock, runner } = simulation((): Promise<Json> => clock.park(new Promise<Json>(() => {})));
    const definition = {
      QueryLanguage: 'JSONata',
      StartAt: 'A',
      States: { A: task('it', { TimeoutSeconds: 10, End: true }) },
    };
    runner.machines.create({ arn: machineArnOf('m'), name: 'm', definition });
    const { executionArn } = await runner.startExecution({ machineArn: machineArnOf('m') });
    await clock.runUntilIdle();
    await runner.redriveExecution({ executionArn });
    await clock.runUntilIdle();
    const [first, , second] = runOf(runner, executionArn).history.flatMap(({ type, timestamp }) =>
      type === 'TaskTimedOut' || type === 'ExecutionRedriven' ? [Date.parse(timestamp)] : [],
    );
    expect((second ?? 0) - (first ?? 0)).toBe(10_000);
  });
});

describe('a redriven Parallel state', () => {
  const branches = {
    P: {
      Type: 'Parallel',
      Branches: [
        scope('Done', task('done')),
        { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 1, Next: 'Bad' }, Bad: task('bad', { End: true }) } },
        { StartAt: 'L', States: { L: { Type: 'Wait', Seconds: 9, Next: 'T' }, T: task('late', { End: true }) } },
      ],
      Next: 'End',
    },
    End: { Type: 'Pass', End: true },
  };

  it('runs those branches again that failed or were aborted, where they were; the others keep their results', async () => {
    const broken = new Set<Json>(['bad']);
    const { invoke, done } = workers(broken);
    const { before, after, since } = await redriven(branches, { invoke, between: () => broken.clear() });
    expect(before).toMatchObject({ seconds: 1, execution: { error: 'Broken' } });
    expect(after).toMatchObject({ seconds: 9, output: ['done done', 'bad done', 'late done'] });
    expect(done).toEqual(['done', 'bad', 'bad', 'late']);
    expect(typesOf(since)).not.toContain('ParallelStateStarted');
    expect(typesOf(since)).toContain('ParallelStateSucceeded');
  });

  it('goes on in every branch when it was stopped', async () => {
    const { invoke, done } = workers(new Set());
    const { after } = await redriven(branches, { invoke, stopAfter: 0.5 });
    expect(after).toMatchObject({ seconds: 9, output: ['done done', 'bad done', 'late done'] });
    expect(done).toEqual(['done', 'bad', 'late']);
  });

  it('is as it was after a second failure', async () => {
    const { invoke, done } = workers(new Set(['bad']));
    const { after } = await redriven(branches, { invoke });
    expect(after.execution).toMatchObject({ status: 'FAILED', redriveStatus: 'REDRIVABLE' });
    expect(done).toEqual(['done', 'bad', 'bad']);
  });

  it.each(['branch', 'state'])('runs all of its branches again when a %s had too much to give', async (where) => {
    const { invoke, done } = workers(new Set());
    const large = '{% $join([1..200000].("ab")) %}';
    const big = { Type: 'Pass', Output: '{% $states.context.Execution.RedriveCount = 1 ? "small" : ' };
    const tooLarge = { ...big, Output: `${big.Output}${large.slice(3, -3)} %}` };
    const P = {
      Type: 'Parallel',
      Branches: [
        scope('Done', task('done')),
        { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 1, Next: 'B' }, B: { ...tooLarge, End: true } } },
      ],
      End: true,
    };
    const small = { ...P, Branches: [P.Branches[0]], Output: tooLarge.Output };
    const { before, after } = await redriven({ P: where === 'branch' ? P : small }, { invoke });
    expect(before.execution).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    expect(after.execution.status).toBe('SUCCEEDED');
    expect(done).toEqual(['done', 'done']);
  });
});

describe('a redriven Map state', () => {
  const each = (more: object): Readonly<Record<string, object>> => ({
    M: {
      Type: 'Map',
      Items: ['a', 'b', 'c', 'd'],
      MaxConcurrency: 2,
      ItemProcessor: scope('T', task('{% $states.input %}')),
      End: true,
      ...more,
    },
  });

  it('runs the iterations that failed, and those that had not begun', async () => {
    const broken = new Set<Json>(['b']);
    const { invoke, done } = workers(broken);
    const { after, since } = await redriven(each({}), { invoke, between: () => broken.clear() });
    expect(after.output).toEqual(['a done', 'b done', 'c done', 'd done']);
    expect(done.filter((item) => item === 'a')).toHaveLength(1);
    expect(done.filter((item) => item === 'b')).toHaveLength(2);
    expect(done.toSorted().at(-1)).toBe('d');
    expect(typesOf(since)).not.toContain('MapStateStarted');
  });

  it('goes on in the state of an iteration that had begun, at its item', async () => {
    const broken = new Set<Json>(['b']);
    const { invoke, done } = workers(broken);
    const Output = '{% $states.input & $string($states.context.Map.Item.Index) %}';
    const ItemProcessor = {
      StartAt: 'First',
      States: {
        First: task('first', { Output: '{% $states.input %}', Next: 'Then' }),
        Then: task('{% $states.input %}', { Output, End: true }),
      },
    };
    const { after } = await redriven(each({ MaxConcurrency: 4, ItemProcessor }), {
      invoke,
      between: () => broken.clear(),
    });
    expect(after.output).toEqual(['a0', 'b1', 'c2', 'd3']);
    expect(done.filter((item) => item === 'first')).toHaveLength(4);
  });

  it('selects the input again of the iteration for which that failed', async () => {
    const { invoke, done } = workers(new Set());
    const fails = '$states.context.Map.Item.Value = "c" and $states.context.Execution.RedriveCount = 0';
    const ItemSelector = `{% ${fails} ? $error("not now") : $states.context.Map.Item.Value %}`;
    const { before, after } = await redriven(each({ MaxConcurrency: 1, ItemSelector }), { invoke });
    expect(before.execution).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect(after.output).toEqual(['a done', 'b done', 'c done', 'd done']);
    expect(done).toEqual(['a', 'b', 'c', 'd']);
  });

  it('keeps what was done inside iterations that have branches', async () => {
    const broken = new Set<Json>(['b']);
    const { invoke, done } = workers(broken);
    const Branches = [scope('Own', task('{% $states.input %}')), scope('Other', task('{% $states.input & "!" %}'))];
    const ItemProcessor = scope('P', { Type: 'Parallel', Branches });
    const { after } = await redriven(each({ ItemProcessor }), { invoke, between: () => broken.clear() });
    expect(after.output).toEqual(['a', 'b', 'c', 'd'].map((item) => [`${item} done`, `${item}! done`]));
    expect(done.filter((item) => item === 'b')).toHaveLength(2);
    expect(done.filter((item) => item === 'a')).toHaveLength(1);
  });

  it('runs all again once it was to be retried', async () => {
    const { invoke, done } = workers(new Set(['b']));
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 100, MaxAttempts: 1 }];
    await redriven(each({ Retry }), { invoke, stopAfter: 10 });
    expect(done.filter((item) => item === 'a')).toHaveLength(3);
  });
});
