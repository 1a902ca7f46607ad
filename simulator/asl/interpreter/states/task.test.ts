import { machineArnOf, runOf, simulate, simulation } from '../../../../test/material/asl/simulation.ts';
import { maximumDataBytes } from '../../json/data-limit.ts';
import type { TaskInvocation } from '../../runner/task-invocation.ts';

const functionArn = 'arn:aws:lambda:eu-west-1:111111111111:function:work:live';

describe('a Task state', () => {
  it('hands its arguments, resource and credentials to the host, and its input when it has no arguments', async () => {
    const seen: TaskInvocation[] = [];
    const Credentials = { RoleArn: '{% $states.input.role %}' };
    await simulate(
      {
        A: {
          Type: 'Task',
          Resource: 'arn:aws:states:::sqs:sendMessage',
          Arguments: { Q: 1 },
          Output: 2,
          Next: 'B',
          Credentials,
        },
        B: { Type: 'Task', Resource: functionArn, End: true },
      },
      { role: 'arn:aws:iam::222222222222:role/member' },
      async (task) => {
        seen.push(task);
        return null;
      },
    );
    expect(seen).toMatchObject([
      {
        kind: 'service',
        service: 'sqs',
        action: 'sendMessage',
        pattern: 'REQUEST_RESPONSE',
        arguments: { Q: 1 },
        credentials: { RoleArn: 'arn:aws:iam::222222222222:role/member' },
      },
      { kind: 'function', service: 'lambda', action: 'invoke', arguments: 2 },
    ]);
  });

  it('writes the events of a service task and of a function', async () => {
    const { history } = await simulate({
      A: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Arguments: { x: 1 },
        TimeoutSeconds: 9,
        Next: 'B',
      },
      B: { Type: 'Task', Resource: functionArn, End: true },
    });
    expect(history.map(({ id, previousEventId, type }) => `${id}<${previousEventId} ${type}`)).toEqual([
      '1<0 ExecutionStarted',
      '2<0 TaskStateEntered',
      '3<2 TaskScheduled',
      '4<3 TaskStarted',
      '5<4 TaskSucceeded',
      '6<5 TaskStateExited',
      '7<6 TaskStateEntered',
      '8<7 LambdaFunctionScheduled',
      '9<8 LambdaFunctionStarted',
      '10<9 LambdaFunctionSucceeded',
      '11<10 TaskStateExited',
      '12<11 ExecutionSucceeded',
    ]);
    expect(history[2]?.taskScheduledEventDetails).toEqual({
      resourceType: 'lambda',
      resource: 'invoke',
      region: 'eu-west-1',
      parameters: '{"x":1}',
      timeoutInSeconds: 9,
    });
  });

  it('times out, and the late answer changes nothing', async () => {
    const { clock, runner } = simulation(async () => {
      await clock.sleep(60_000);
      return 'late';
    });
    const T = {
      Type: 'Task',
      Resource: functionArn,
      TimeoutSeconds: '{% 2 * 5 %}',
      Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'F' }],
      End: true,
    };
    const definition = {
      QueryLanguage: 'JSONata',
      StartAt: 'T',
      States: { T, F: { Type: 'Wait', Seconds: 100, End: true } },
    };
    runner.machines.create({ arn: machineArnOf('m'), name: 'm', definition });
    const { executionArn } = await runner.startExecution({ machineArn: machineArnOf('m') });
    await clock.runUntilIdle();
    const { output, seconds, history } = runOf(runner, executionArn);
    expect({ output, seconds }).toEqual({ output: { Error: 'States.Timeout', Cause: '' }, seconds: 110 });
    expect(history.map(({ type }) => type)).toContain('LambdaFunctionTimedOut');
    expect(history.map(({ type }) => type)).not.toContain('LambdaFunctionSucceeded');
  });

  it('fails when its result is larger than 256 KiB of UTF-8', async () => {
    const T = { Type: 'Task', Resource: functionArn, Output: 'small', End: true };
    const fits = 'é'.repeat(maximumDataBytes / 2 - 1);
    expect((await simulate({ T }, {}, async () => fits)).execution.status).toBe('SUCCEEDED');
    expect((await simulate({ T }, {}, async () => `${fits}é`)).execution).toMatchObject({
      error: 'States.DataLimitExceeded',
      cause: `The state/task '${functionArn}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    });
  });
});

describe('a task that waits for a token', () => {
  const T = {
    Type: 'Task',
    Resource: 'arn:aws:states:::sns:publish.waitForTaskToken',
    Arguments: { Message: '{% $states.context.Task.Token %}' },
    HeartbeatSeconds: 60,
    Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Next: 'F' }],
    End: true,
  };
  const definition = { QueryLanguage: 'JSONata', StartAt: 'T', States: { T, F: { Type: 'Pass', End: true } } };

  it('ends with the answer that names the token, however long heartbeats keep it alive', async () => {
    const { clock, runner } = simulation(async (task) => ({ published: task.taskToken ?? null }));
    runner.machines.create({ arn: machineArnOf('m'), name: 'm', definition });
    const { executionArn } = await runner.startExecution({ machineArn: machineArnOf('m'), name: 'run' });
    const taskToken = '00000000-0000-4000-8000-000000000001';
    for (let beat = 1; beat <= 5; beat++) {
      clock.schedule(new Date(clock.now().getTime() + beat * 50_000), () => runner.sendTaskHeartbeat({ taskToken }));
    }
    clock.schedule(new Date(clock.now().getTime() + 300_000), () =>
      runner.sendTaskSuccess({ taskToken, output: '{"ok":true}' }),
    );
    await clock.runUntilIdle();
    const { output, seconds, history } = runOf(runner, executionArn);
    expect({ output, seconds }).toEqual({ output: { ok: true }, seconds: 300 });
    expect(history.find(({ type }) => type === 'TaskSubmitted')?.taskSubmittedEventDetails?.output).toBe(
      `{"published":"${taskToken}"}`,
    );
    await expect(runner.sendTaskSuccess({ taskToken, output: '1' })).rejects.toMatchObject({ name: 'TaskTimedOut' });
    await expect(runner.sendTaskFailure({ taskToken: 'made up' })).rejects.toMatchObject({ name: 'InvalidToken' });
    await expect(runner.sendTaskSuccess({ taskToken, output: '{' })).rejects.toMatchObject({ name: 'InvalidOutput' });
  });

  it('fails without heartbeats, as a timeout that can be caught by its own name', async () => {
    const run = await simulate({ T, F: { Type: 'Pass', End: true } });
    expect(run).toMatchObject({ output: { Error: 'States.Timeout' }, seconds: 60 });
  });
});
