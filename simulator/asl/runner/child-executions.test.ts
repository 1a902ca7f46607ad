import { machineArnOf, runOf, type Simulation, simulation } from '../../../test/material/asl/simulation.ts';

const childArn = 'arn:aws:states:eu-west-1:111111111111:execution:child:c';

const childArguments = { StateMachineArn: machineArnOf('child'), Name: 'c', Input: { n: '{% $states.input.n %}' } };

function family(pattern: string, child: Record<string, unknown>, task: Record<string, unknown> = {}): Simulation {
  const made = simulation();
  const machine = (name: string, state: unknown): void => {
    const definition = { QueryLanguage: 'JSONata', StartAt: 'S', States: { S: state } };
    made.runner.machines.create({ arn: machineArnOf(name), name, definition });
  };
  machine('child', child);
  machine('parent', {
    Type: 'Task',
    Resource: `arn:aws:states:::states:startExecution${pattern}`,
    Arguments: childArguments,
    End: true,
    ...task,
  });
  return made;
}

async function startParent({ runner }: Simulation): Promise<string> {
  return (await runner.startExecution({ machineArn: machineArnOf('parent'), name: 'p', input: '{"n":7}' }))
    .executionArn;
}

const slow = { Type: 'Wait', Seconds: 10, Output: { got: '{% $states.input.n %}' }, End: true };

describe('a task that starts an execution', () => {
  it('goes on at once when it does not wait', async () => {
    const made = family('', slow);
    const parent = await startParent(made);
    await made.clock.runUntilIdle();
    expect(runOf(made.runner, parent)).toMatchObject({ seconds: 0, output: { ExecutionArn: childArn } });
    expect(runOf(made.runner, childArn)).toMatchObject({ seconds: 10, output: { got: 7 } });
  });

  it.each([
    ['.sync', '{"n":7}', '{"got":7}'],
    ['.sync:2', { n: 7 }, { got: 7 }],
  ])('with %s waits for the end and gets its description', async (pattern, Input, Output) => {
    const made = family(pattern, slow);
    const parent = await startParent(made);
    await made.clock.runUntilIdle();
    const { output, seconds, history } = runOf(made.runner, parent);
    expect(seconds).toBe(10);
    expect(output).toEqual({
      ExecutionArn: childArn,
      Input,
      InputDetails: { Included: true },
      Name: 'c',
      Output,
      OutputDetails: { Included: true },
      RedriveCount: 0,
      RedriveStatus: 'NOT_REDRIVABLE',
      RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
      StartDate: 1_767_225_600_000,
      StateMachineArn: machineArnOf('child'),
      Status: 'SUCCEEDED',
      StopDate: 1_767_225_610_000,
    });
    expect(history.map(({ type }) => type)).toEqual(expect.arrayContaining(['TaskSubmitted', 'TaskSucceeded']));
  });

  it('hears of a child that ends at once only after the child was submitted', async () => {
    const made = family('.sync:2', { Type: 'Pass', End: true });
    const parent = await startParent(made);
    await made.clock.runUntilIdle();
    const types = runOf(made.runner, parent).history.map(({ type }) => type);
    expect(types.slice(2, 6)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSubmitted', 'TaskSucceeded']);
  });

  it('fails with what became of the child', async () => {
    const made = family('.sync:2', { Type: 'Fail', Error: 'Broken', Cause: 'why' });
    const parent = await startParent(made);
    await made.clock.runUntilIdle();
    const { error, cause } = made.runner.describeExecution(parent);
    expect(error).toBe('States.TaskFailed');
    expect(JSON.parse(cause ?? '')).toMatchObject({
      Error: 'Broken',
      Cause: 'why',
      Status: 'FAILED',
      Input: '{"n":7}',
      RedriveCount: 0,
      RedriveStatus: 'REDRIVABLE',
    });
  });

  it.each(['', '.sync', '.sync:2'])(
    'with %s gives a child that is given null as its input an empty object',
    async (pattern) => {
      const made = family(pattern, { Type: 'Pass', End: true }, { Arguments: { ...childArguments, Input: null } });
      await startParent(made);
      await made.clock.runUntilIdle();
      expect(runOf(made.runner, childArn)).toMatchObject({ execution: { input: '{}' }, output: {} });
    },
  );

  it('takes the child along when it is stopped or times out, unless it does not wait for it', async () => {
    const stopped = family('.sync', slow);
    await stopped.runner.stopExecution({ executionArn: await startParent(stopped) });
    const timedOut = family('.sync:2', slow, { TimeoutSeconds: 4 });
    await startParent(timedOut);
    const independent = family('.waitForTaskToken', slow, { TimeoutSeconds: 4 });
    await startParent(independent);
    for (const { clock } of [stopped, timedOut, independent]) await clock.runUntilIdle();
    expect(runOf(stopped.runner, childArn)).toMatchObject({ execution: { status: 'ABORTED' }, seconds: 0 });
    expect(runOf(timedOut.runner, childArn)).toMatchObject({ execution: { status: 'ABORTED' }, seconds: 4 });
    expect(runOf(independent.runner, childArn)).toMatchObject({ execution: { status: 'SUCCEEDED' }, seconds: 10 });
  });

  it('fails when the child cannot be started', async () => {
    const made = family('.sync:2', slow);
    await made.runner.startExecution({ machineArn: machineArnOf('child'), name: 'c', input: '"other"' });
    const parent = await startParent(made);
    await made.clock.runUntilIdle();
    expect(made.runner.describeExecution(parent).error).toBe('StepFunctions.ExecutionAlreadyExistsException');
  });
});
