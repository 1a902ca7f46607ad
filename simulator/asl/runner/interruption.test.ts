import { machineArnOf, runOf, simulation } from '../../../test/material/asl/simulation.ts';
import type { ExecutionRecord } from './execution-record.ts';
import type { RunnerState } from './requests.ts';

const parent = {
  QueryLanguage: 'JSONata',
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      Items: '{% [1..3] %}',
      MaxConcurrency: 2,
      ItemProcessor: {
        StartAt: 'Child',
        States: {
          Child: {
            Type: 'Task',
            Resource: 'arn:aws:states:::states:startExecution.sync:2',
            Arguments: {
              StateMachineArn: machineArnOf('child'),
              Name: '{% "c" & $states.input %}',
              Input: { n: '{% $states.input %}' },
            },
            Output: '{% $states.result.Output %}',
            End: true,
          },
        },
      },
      Next: 'Notify',
    },
    Notify: {
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution',
      Arguments: { StateMachineArn: machineArnOf('notice'), Name: 'n' },
      Output: '{% $states.input %}',
      End: true,
    },
  },
};
const child = {
  QueryLanguage: 'JSONata',
  StartAt: 'W',
  States: {
    W: { Type: 'Wait', Seconds: '{% $states.input.n %}', Next: 'T' },
    T: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: '{% $states.input.n * 10 %}', End: true },
  },
};
const notice = { QueryLanguage: 'JSONata', StartAt: 'D', States: { D: { Type: 'Succeed' } } };
const machines = { parent, child, notice };

/** The content of a store after each step, when it stores each execution by itself. */
async function runAndStore(): Promise<{ snapshots: ExecutionRecord[][]; executionArn: string; output: unknown }> {
  const stored = new Map<string, string>();
  const snapshots: ExecutionRecord[][] = [];
  const { clock, runner } = simulation(async ({ arguments: value }) => value, {
    onStep: (record) => {
      stored.set(record.execution.arn, JSON.stringify(record));
      snapshots.push([...stored.values()].map((text) => JSON.parse(text)));
    },
  });
  for (const [name, definition] of Object.entries(machines)) {
    runner.machines.create({ arn: machineArnOf(name), name, definition });
  }
  const { executionArn } = await runner.startExecution({ machineArn: machineArnOf('parent'), name: 'p' });
  await clock.runUntilIdle();
  return { snapshots, executionArn, output: runOf(runner, executionArn).output };
}

describe('a runner killed after any step', () => {
  it('comes to the same end from what was stored, without starting anything twice', async () => {
    const { snapshots, executionArn, output } = await runAndStore();
    expect(output).toEqual([10, 20, 30]);
    expect(snapshots.length).toBeGreaterThan(15);
    for (const executions of snapshots) {
      const { clock, runner } = simulation(async ({ arguments: value }) => value);
      const records = Object.entries(machines).map(([name, definition]) => ({
        arn: machineArnOf(name),
        name,
        type: 'STANDARD' as const,
        definitions: [definition],
      }));
      const state: RunnerState = { machines: records, executions, spentTokens: [] };
      runner.importState(state);
      await clock.runUntilIdle();
      expect(runOf(runner, executionArn)).toMatchObject({ output, execution: { status: 'SUCCEEDED' } });
      const children = ['child', 'notice'].flatMap(
        (name) => runner.listExecutions({ machineArn: machineArnOf(name) }).executions,
      );
      expect(children.map(({ name, status }) => `${name} ${status}`).sort()).toEqual([
        'c1 SUCCEEDED',
        'c2 SUCCEEDED',
        'c3 SUCCEEDED',
        'n SUCCEEDED',
      ]);
    }
  });
});
