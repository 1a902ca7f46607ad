import { machineArnOf, runOf, simulation } from '../../../test/material/asl/simulation.ts';
import type { Json } from '../json/json.ts';
import type { RunnerState } from './requests.ts';
import type { TaskInvocation } from './task-invocation.ts';

const resource = (name: string): string => `arn:aws:states:::${name}`;
const parent = {
  QueryLanguage: 'JSONata',
  StartAt: 'Both',
  States: {
    Both: {
      Type: 'Parallel',
      Branches: [
        {
          StartAt: 'Child',
          States: {
            Child: {
              Type: 'Task',
              Resource: resource('states:startExecution.sync:2'),
              Arguments: { StateMachineArn: machineArnOf('child'), Name: 'c' },
              Output: '{% $states.result.Output %}',
              End: true,
            },
          },
        },
        {
          StartAt: 'Token',
          States: {
            Token: {
              Type: 'Task',
              Resource: resource('sqs:sendMessage.waitForTaskToken'),
              Arguments: { t: '{% $states.context.Task.Token %}' },
              End: true,
            },
          },
        },
        {
          StartAt: 'Call',
          States: { Call: { Type: 'Task', Resource: resource('lambda:invoke'), Arguments: {}, End: true } },
        },
        { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 100, Output: 'waited', End: true } } },
      ],
      End: true,
    },
  },
};
const child = {
  QueryLanguage: 'JSONata',
  StartAt: 'W',
  States: { W: { Type: 'Wait', Seconds: 50, Output: 'child', End: true } },
};

describe('moving a runner into another process', () => {
  it('goes on with timers, children and tokens, and starts only those tasks again that had no answer', async () => {
    const invoked: string[] = [];
    let tokenSeen = '';
    const first = simulation((task: TaskInvocation): Promise<Json> => {
      invoked.push(`first ${task.service}`);
      tokenSeen ||= task.taskToken ?? '';
      return task.service === 'sqs' ? Promise.resolve({}) : first.clock.park(new Promise<Json>(() => {}));
    });
    first.runner.machines.create({ arn: machineArnOf('parent'), name: 'parent', definition: parent });
    first.runner.machines.create({ arn: machineArnOf('child'), name: 'child', definition: child });
    const { executionArn } = await first.runner.startExecution({ machineArn: machineArnOf('parent'), name: 'p' });
    await first.clock.runUntil(new Date(first.clock.now().getTime() + 10_000));
    const state: RunnerState = JSON.parse(JSON.stringify(await first.runner.exportState()));

    const second = simulation(async (task) => {
      invoked.push(`second ${task.service}`);
      return 'called';
    });
    second.runner.importState(state);
    second.clock.schedule(new Date(second.clock.now().getTime() + 20_000), () =>
      second.runner.sendTaskSuccess({ taskToken: tokenSeen, output: '"token"' }),
    );
    await second.clock.runUntilIdle();
    expect(invoked).toEqual(['first sqs', 'first lambda', 'second lambda']);
    expect(runOf(second.runner, executionArn)).toMatchObject({
      output: ['child', 'token', 'called', 'waited'],
      seconds: 100,
    });
  });

  it('begins an execution that was stored before its first step', async () => {
    const stored: string[] = [];
    const first = simulation(undefined, { onStep: async ({ execution }) => void stored.push(execution.status) });
    first.runner.machines.create({ arn: machineArnOf('child'), name: 'child', definition: child });
    const { executionArn } = await first.runner.startExecution({ machineArn: machineArnOf('child'), name: 'c' });
    const state: RunnerState = JSON.parse(JSON.stringify(await first.runner.exportState()));
    for (const { execution } of state.executions) {
      execution.history = [];
      execution.timers = {};
    }
    await first.clock.runUntilIdle();
    expect(stored).toEqual(['RUNNING', 'SUCCEEDED']);

    const second = simulation();
    second.runner.importState(state);
    await second.clock.runUntilIdle();
    expect(runOf(second.runner, executionArn)).toMatchObject({ output: 'child', seconds: 50 });
  });
});
