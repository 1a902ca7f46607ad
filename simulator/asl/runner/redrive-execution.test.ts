import { machineArnOf, runOf, type Simulation, simulation } from '../../../test/material/asl/simulation.ts';
import type { Json } from '../json/json.ts';
import type { RunnerOptions, RunnerState } from './requests.ts';
import { type InvokeTask, TaskError } from './task-invocation.ts';

const invoke = 'arn:aws:states:::lambda:invoke';
const DAY = 86_400;

/** A machine of one state, and an execution of it. */
async function started(
  state: { readonly Type: string; readonly [field: string]: unknown },
  invokeTask?: InvokeTask,
  options: Partial<RunnerOptions> & { readonly type?: 'EXPRESS' } = {},
): Promise<Simulation & { readonly executionArn: string; readonly pass: (seconds: number) => Promise<void> }> {
  const { type, ...rest } = options;
  const made = simulation(invokeTask, rest);
  const definition = {
    QueryLanguage: 'JSONata',
    StartAt: 'S',
    States: { S: state.Type === 'Fail' ? state : { ...state, End: true } },
  };
  const arn = machineArnOf('m');
  made.runner.machines.create({ arn, name: 'm', definition, ...(type === undefined ? {} : { type }) });
  const { executionArn } = await made.runner.startExecution({ machineArn: arn, name: 'run' });
  const pass = (seconds: number) => made.clock.runUntil(new Date(made.clock.now().getTime() + seconds * 1_000));
  return { ...made, executionArn, pass };
}

const broken: InvokeTask = async () => {
  throw new TaskError('Broken', 'it is');
};
const work = { Type: 'Task', Resource: invoke, Arguments: {} };

describe('RedriveExecution', () => {
  it.each([
    ['runs', { Type: 'Wait', Seconds: 100 }, 1, 'Execution is RUNNING and cannot be redriven'],
    ['has succeeded', { Type: 'Pass' }, 1, 'Execution is SUCCEEDED and cannot be redriven'],
    ['ended more than two weeks ago', work, 14 * DAY + 60, 'Execution redrivable period exceeded'],
    ['began more than a year ago', work, 365 * DAY + 60, 'Execution has exceeded the max execution time'],
  ])(
    'is refused for an execution that %s, with the reason that DescribeExecution gives',
    async (_, state, seconds, why) => {
      const { runner, executionArn, pass } = await started(state, broken);
      await pass(seconds);
      const before = runner.describeExecution(executionArn);
      expect(before).toMatchObject({ redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: why, redriveCount: 0 });
      await expect(runner.redriveExecution({ executionArn })).rejects.toMatchObject({
        name: 'ExecutionNotRedrivable',
        message: `${why}: '${executionArn}'`,
      });
      expect(runner.describeExecution(executionArn)).toEqual(before);
    },
  );

  it('is refused for a history that has no room for two more events', async () => {
    const { runner, executionArn, pass } = await started({ Type: 'Wait', Seconds: 100 });
    runner.fillHistory(executionArn);
    await pass(200);
    expect(runner.describeExecution(executionArn)).toMatchObject({
      error: 'States.Runtime',
      redriveStatusReason: 'Execution history event limit exceeded',
    });
    await expect(runner.redriveExecution({ executionArn })).rejects.toThrow('event limit exceeded');
  });

  it('is refused for machines of type EXPRESS, and for an execution that nobody knows', async () => {
    const { runner, executionArn, pass } = await started(work, broken, { type: 'EXPRESS' });
    await pass(1);
    await expect(runner.redriveExecution({ executionArn })).rejects.toThrow('not supported by EXPRESS');
    await expect(runner.redriveExecution({ executionArn: `${executionArn}-not` })).rejects.toMatchObject({
      name: 'ExecutionDoesNotExist',
    });
  });

  it.each([true, false])('keeps what it needs of failed executions alone; histories are kept: %s', async (kept) => {
    const { runner, executionArn, pass } = await started(work, broken, { keepHistory: () => kept });
    await pass(1);
    const { events } = runner.getExecutionHistory({ executionArn });
    await runner.redriveExecution({ executionArn });
    await pass(1);
    expect(runner.getExecutionHistory({ executionArn }).events.slice(0, events.length)).toEqual(events);
    runner.fillHistory(executionArn);
    expect(runner.describeExecution(executionArn)).toMatchObject({ status: 'FAILED', redriveCount: 1 });
  });

  it('is done once for a client token of the last quarter of an hour', async () => {
    const { runner, executionArn, pass } = await started(work, broken);
    await pass(1);
    const request = { executionArn, clientToken: 'one' };
    const first = await runner.redriveExecution(request);
    await pass(14 * 60);
    expect(await runner.redriveExecution(request)).toEqual(first);
    expect(runner.describeExecution(executionArn)).toMatchObject({ redriveCount: 1, redriveDate: first.redriveDate });
    await pass(2 * 60);
    const second = await runner.redriveExecution(request);
    expect(second.redriveDate > first.redriveDate).toBe(true);
    for (let count = 0; count < 10; count++) await runner.redriveExecution({ executionArn, clientToken: `${count}` });
    await runner.redriveExecution(request);
    expect(runner.describeExecution(executionArn)).toMatchObject({ redriveCount: 13 });
  });

  it('is done once when it is asked twice at once', async () => {
    const { runner, executionArn, pass } = await started({ Type: 'Wait', Seconds: 100 });
    await runner.stopExecution({ executionArn });
    const asked = await Promise.allSettled([1, 2].map(() => runner.redriveExecution({ executionArn })));
    expect(asked.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await pass(100);
    expect(runner.describeExecution(executionArn)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
  });

  it('is told of before what it leads to', async () => {
    const told: Json[] = [];
    const { runner, executionArn } = await started({ Type: 'Fail', Error: 'No' }, undefined, {
      onStatusChange: ({ status, redriveCount, stopDate, error }) =>
        told.push([status, redriveCount, stopDate === undefined, error ?? null]),
    });
    await runner.redriveExecution({ executionArn });
    expect(told).toEqual([
      ['RUNNING', 0, true, null],
      ['FAILED', 0, false, 'No'],
      ['RUNNING', 1, true, null],
      ['FAILED', 1, false, 'No'],
    ]);
  });

  it('leaves late answers from before without effect', async () => {
    let answer: (value: Json) => void = () => {};
    const { runner, executionArn, clock, pass } = await started(
      { ...work, Output: '{% $states.result %}' },
      (): Promise<Json> =>
        clock.park(
          new Promise<Json>((resolve) => {
            answer = resolve;
          }),
        ),
    );
    await pass(1);
    const late = answer;
    await runner.stopExecution({ executionArn });
    await runner.redriveExecution({ executionArn });
    await pass(1);
    late('from before');
    await pass(1);
    expect(runner.describeExecution(executionArn).status).toBe('RUNNING');
    answer('now');
    await pass(1);
    expect(runOf(runner, executionArn)).toMatchObject({ output: 'now', execution: { status: 'SUCCEEDED' } });
  });

  it('keeps the definition that the execution began with', async () => {
    const { runner, executionArn, pass } = await started({ Type: 'Wait', Seconds: 5 });
    await runner.stopExecution({ executionArn });
    const other = { QueryLanguage: 'JSONata', StartAt: 'F', States: { F: { Type: 'Fail' } } };
    runner.machines.update(machineArnOf('m'), { definition: other });
    await runner.redriveExecution({ executionArn });
    await pass(5);
    expect(runner.describeExecution(executionArn).status).toBe('SUCCEEDED');
  });

  it('is possible in another process than the one in which the execution stopped', async () => {
    const { runner, executionArn, pass } = await started({ Type: 'Wait', Seconds: 5 });
    await pass(1);
    await runner.stopExecution({ executionArn });
    const stored: RunnerState = JSON.parse(JSON.stringify(await runner.exportState()));
    const next = simulation();
    next.runner.importState(stored);
    await next.runner.redriveExecution({ executionArn });
    const again: RunnerState = JSON.parse(JSON.stringify(await next.runner.exportState()));
    const last = simulation();
    last.runner.importState(again);
    await last.clock.runUntilIdle();
    expect(last.runner.describeExecution(executionArn)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
  });

  it('is refused for an execution that was stored before where it stopped was kept', async () => {
    const { runner, executionArn } = await started({ Type: 'Fail' });
    const { executions, ...stored }: RunnerState = JSON.parse(JSON.stringify(await runner.exportState()));
    for (const { execution } of executions) delete execution.unfinished;
    const next = simulation();
    next.runner.importState({ ...stored, executions });
    await expect(next.runner.redriveExecution({ executionArn })).rejects.toThrow('stopped was not kept');
    expect(next.runner.describeExecution(executionArn).redriveStatus).toBe('NOT_REDRIVABLE');
  });
});

/** A parent whose task waits for a child, in their state once the parent was stopped after `stopped` seconds. */
async function family(mayStop: boolean, catches = false) {
  const made = simulation(undefined, {
    authorizeChild: (action) => {
      if (action === 'states:StopExecution' && !mayStop) throw new Error('denied');
    },
  });
  const machine = (name: string, States: object): void => {
    const definition = { QueryLanguage: 'JSONata', StartAt: 'S', States };
    made.runner.machines.create({ arn: machineArnOf(name), name, definition });
  };
  machine('child', { S: { Type: 'Wait', Seconds: 10, Output: 'child', End: true } });
  const Catch = [{ ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput %}', Next: 'Caught' }];
  const waits = {
    Type: 'Task',
    Resource: 'arn:aws:states:::states:startExecution.sync:2',
    Arguments: { StateMachineArn: machineArnOf('child'), Name: 'c' },
    Output: '{% $states.result.Output %}',
    End: true,
  };
  machine('parent', catches ? { S: { ...waits, Catch }, Caught: { Type: 'Pass', End: true } } : { S: waits });
  const { executionArn } = await made.runner.startExecution({ machineArn: machineArnOf('parent'), name: 'p' });
  await made.clock.runUntil(new Date(made.clock.now().getTime() + 4_000));
  await made.runner.stopExecution({ executionArn });
  await made.clock.runUntil(new Date(made.clock.now().getTime() + 1_000));
  return { ...made, parent: executionArn, child: 'arn:aws:states:eu-west-1:111111111111:execution:child:c' };
}

describe('a task that started a child and waited for it', () => {
  it('starts it again when its execution is redriven, and fails where a child of that name has ended', async () => {
    const { runner, clock, parent, child } = await family(true);
    expect(runner.describeExecution(child).status).toBe('ABORTED');
    await runner.redriveExecution({ executionArn: parent });
    await clock.runUntilIdle();
    expect(runner.describeExecution(parent)).toMatchObject({
      status: 'FAILED',
      error: 'StepFunctions.ExecutionAlreadyExistsException',
    });
    expect(runner.describeExecution(child)).toMatchObject({ status: 'ABORTED', redriveCount: 0 });
  });

  it('waits for one that still runs', async () => {
    const { runner, clock, parent, child } = await family(false);
    expect(runner.describeExecution(child).status).toBe('RUNNING');
    await runner.redriveExecution({ executionArn: parent });
    await clock.runUntilIdle();
    expect(runOf(runner, parent)).toMatchObject({ output: 'child', execution: { status: 'SUCCEEDED' } });
  });

  it('hears nothing of a child that somebody redrives after the task has ended', async () => {
    const { runner, clock, parent, child } = await family(true, true);
    await runner.redriveExecution({ executionArn: parent });
    await clock.runUntilIdle();
    const output = runOf(runner, parent).output as { Error: string };
    expect(output.Error).toBe('StepFunctions.ExecutionAlreadyExistsException');
    await runner.redriveExecution({ executionArn: child });
    await clock.runUntilIdle();
    expect(runOf(runner, child)).toMatchObject({ output: 'child', execution: { redriveCount: 1 } });
    expect(runOf(runner, parent).output).toEqual(output);
  });
});
