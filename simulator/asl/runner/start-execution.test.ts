import { machineArnOf, runOf, simulation } from '../../../test/material/asl/simulation.ts';
import type { ExecutionDescription } from './execution-description.ts';

const waiting = { QueryLanguage: 'JSONata', StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 60, End: true } } };
const machineArn = machineArnOf('m');

function hosted(onStatusChange?: (execution: ExecutionDescription) => void): ReturnType<typeof simulation> {
  const made = simulation(undefined, onStatusChange ? { onStatusChange } : {});
  made.runner.machines.create({
    arn: machineArn,
    name: 'm',
    definition: waiting,
    roleArn: 'arn:aws:iam::111111111111:role/r',
  });
  return made;
}

describe('starting executions', () => {
  it('answers the same for the same name and input while it runs, and refuses the name otherwise', async () => {
    const { clock, runner } = hosted();
    const request = { machineArn, name: 'run', input: '{"a":1}' };
    const first = await runner.startExecution(request);
    await clock.runUntil(new Date(clock.now().getTime() + 1_000));
    expect(await runner.startExecution(request)).toEqual(first);
    expect(first.executionArn).toBe('arn:aws:states:eu-west-1:111111111111:execution:m:run');
    const exists = { name: 'ExecutionAlreadyExists' };
    await expect(runner.startExecution({ ...request, input: '{"a":2}' })).rejects.toMatchObject(exists);
    await clock.runUntilIdle();
    await expect(runner.startExecution(request)).rejects.toMatchObject(exists);
  });

  it.each([
    [{ machineArn, name: 'x'.repeat(81) }, 'InvalidName'],
    [{ machineArn, name: 'a b' }, 'InvalidName'],
    [{ machineArn, name: 'a/b' }, 'InvalidName'],
    [{ machineArn, name: '' }, 'InvalidName'],
    [{ machineArn, input: '{' }, 'InvalidExecutionInput'],
    [{ machineArn, input: JSON.stringify('x'.repeat(262_144)) }, 'InvalidExecutionInput'],
    [{ machineArn: machineArnOf('other') }, 'StateMachineDoesNotExist'],
  ])('refuses what AWS refuses (%#)', async (request, name) => {
    await expect(hosted().runner.startExecution(request)).rejects.toMatchObject({ name });
  });

  it('reports changes of status once', async () => {
    const seen: string[] = [];
    const { clock, runner } = hosted(({ name, status }) => void seen.push(`${name} ${status}`));
    await runner.startExecution({ machineArn, name: 'one' });
    await clock.runUntilIdle();
    expect(seen).toEqual(['one RUNNING', 'one SUCCEEDED']);
  });

  it('forgets histories nobody wants to keep', async () => {
    const { clock, runner } = simulation(undefined, { keepHistory: ({ name }) => name !== 'one' });
    runner.machines.create({ arn: machineArn, name: 'm', definition: waiting });
    for (const name of ['one', 'two']) await runner.startExecution({ machineArn, name });
    await clock.runUntilIdle();
    const executionArn = machineArn.replace('stateMachine', 'execution');
    expect(runOf(runner, `${executionArn}:one`)).toMatchObject({ history: [], seconds: 60 });
    expect(runOf(runner, `${executionArn}:two`).history).toHaveLength(4);
  });

  it('lists executions by status, newest first, in pages', async () => {
    const { clock, runner } = hosted();
    for (const name of ['a', 'b', 'c']) await runner.startExecution({ machineArn, name });
    await runner.stopExecution({
      executionArn: `${machineArn.replace('stateMachine', 'execution')}:b`,
      error: 'E',
      cause: 'why',
    });
    const page = runner.listExecutions({ machineArn, statusFilter: 'RUNNING', maxResults: 1 });
    expect(page.executions.map(({ name }) => name)).toEqual(['c']);
    const rest = runner.listExecutions({ machineArn, statusFilter: 'RUNNING', nextToken: page.nextToken ?? '' });
    expect(rest.executions.map(({ name }) => name)).toEqual(['a']);
    expect(runner.listExecutions({ machineArn, statusFilter: 'ABORTED' }).executions).toMatchObject([
      { error: 'E', cause: 'why' },
    ]);
    await clock.runUntilIdle();
  });

  it('lets running executions keep their definition when the machine gets another', async () => {
    const { clock, runner } = hosted();
    const { executionArn: old } = await runner.startExecution({ machineArn, name: 'old' });
    runner.machines.update(machineArn, {
      definition: { ...waiting, States: { W: { Type: 'Pass', Output: 'new', End: true } } },
    });
    const { executionArn: young } = await runner.startExecution({ machineArn, name: 'young' });
    await clock.runUntilIdle();
    expect([runOf(runner, old), runOf(runner, young)]).toMatchObject([
      { output: {}, seconds: 60 },
      { output: 'new', seconds: 0 },
    ]);
  });

  it('tells expressions about the execution and the machine', async () => {
    const { clock, runner } = hosted();
    runner.machines.update(machineArn, {
      definition: { ...waiting, States: { W: { Type: 'Pass', Output: '{% $states.context %}', End: true } } },
    });
    const { executionArn } = await runner.startExecution({ machineArn, name: 'run', input: '[1]' });
    await clock.runUntilIdle();
    expect(runOf(runner, executionArn).output).toEqual({
      Execution: {
        Id: executionArn,
        Input: [1],
        Name: 'run',
        RedriveCount: 0,
        RoleArn: 'arn:aws:iam::111111111111:role/r',
        StartTime: '2026-01-01T00:00:00.000Z',
      },
      State: { EnteredTime: '2026-01-01T00:00:00.000Z', Name: 'W' },
      StateMachine: { Id: machineArn, Name: 'm' },
    });
  });
});
