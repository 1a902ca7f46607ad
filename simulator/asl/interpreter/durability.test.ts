import { countingEnvironment, simulationStart } from '../../../test/material/asl/simulation.ts';
import { load } from '../definition/load.ts';
import { type Effect, pendingEffects, type Stimulus } from './effects.ts';
import type { Execution } from './execution.ts';
import { createInterpreter } from './interpreter.ts';

const work = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  TimeoutSeconds: 60,
  Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 2 }],
};
const machine = load({
  QueryLanguage: 'JSONata',
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      Items: '{% [1..4] %}',
      MaxConcurrency: 2,
      ItemProcessor: {
        StartAt: 'Work',
        States: {
          Work: {
            ...work,
            Assign: { got: '{% $states.result %}' },
            Next: 'Both',
          },
          Both: {
            Type: 'Parallel',
            Branches: [
              { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 3, Output: '{% $got %}', End: true } } },
              { StartAt: 'T', States: { T: { ...work, End: true } } },
            ],
            End: true,
          },
        },
      },
      End: true,
    },
  },
});

interface Due {
  readonly at: number;
  readonly stimulus: Stimulus;
}

/** Every third task fails; timers fire when due. */
function answer(effect: Effect, now: number): Due | undefined {
  if (effect.type === 'setTimer')
    return { at: Date.parse(effect.at), stimulus: { type: 'timerFired', timerId: effect.timerId } };
  if (effect.type !== 'scheduleTask') return undefined;
  const { taskId } = effect;
  const number = Number(taskId.split('-')[1]);
  const stimulus: Stimulus =
    number % 3 === 0 ? { type: 'taskFailed', taskId, error: 'E' } : { type: 'taskSucceeded', taskId, output: number };
  return { at: now + 1_000, stimulus };
}

/** Runs to the end; `store` replaces the execution between two stimuli. */
async function run(store: (execution: Execution) => Execution): Promise<{ execution: Execution; steps: number }> {
  const interpreter = createInterpreter(countingEnvironment());
  const start = { arn: 'arn', name: 'run', stateMachineArn: 'machine', stateMachineName: 'm', input: {} };
  let { execution, effects } = await interpreter.start(machine, start, simulationStart);
  let now = simulationStart.getTime();
  const due: Due[] = [];
  let steps = 0;
  for (; execution.status === 'RUNNING'; steps++) {
    due.push(...effects.flatMap((effect) => answer(effect, now) ?? []));
    due.sort((left, right) => left.at - right.at);
    const next = due.shift();
    if (!next) throw new Error('Nothing left to happen');
    now = Math.max(now, next.at);
    execution = store(execution);
    ({ execution, effects } = await interpreter.advance(machine, execution, next.stimulus, new Date(now)));
  }
  return { execution, steps };
}

describe('an execution as a value', () => {
  it('runs the same when it is written to text and read back before every step', async () => {
    const kept = await run((execution) => execution);
    const stored = await run((execution) => JSON.parse(JSON.stringify(execution)));
    expect(kept.steps).toBeGreaterThan(10);
    expect(stored.execution).toEqual(kept.execution);
    expect(kept.execution.status).toBe('SUCCEEDED');
  });

  it('knows its pending tasks and timers, as they were asked for', async () => {
    const interpreter = createInterpreter(countingEnvironment());
    const start = { arn: 'arn', name: 'run', stateMachineArn: 'machine', stateMachineName: 'm', input: {} };
    const { execution, effects } = await interpreter.start(machine, start, simulationStart);
    const byType = (effect: Effect): string => effect.type;
    expect(pendingEffects(JSON.parse(JSON.stringify(execution)))).toEqual(
      [...effects].sort((left, right) => byType(left).localeCompare(byType(right))),
    );
  });

  it('ignores what no longer matters', async () => {
    const interpreter = createInterpreter(countingEnvironment());
    const start = { arn: 'arn', name: 'run', stateMachineArn: 'machine', stateMachineName: 'm', input: {} };
    const { execution } = await interpreter.start(machine, start, simulationStart);
    const before = structuredClone(execution);
    const stimuli: Stimulus[] = [
      { type: 'taskSucceeded', taskId: 'task-999', output: 1 },
      { type: 'taskFailed', taskId: 'task-999' },
      { type: 'taskHeartbeat', taskId: 'task-999' },
      { type: 'timerFired', timerId: 'timer-999' },
    ];
    for (const stimulus of stimuli) {
      expect((await interpreter.advance(machine, execution, stimulus, simulationStart)).effects).toEqual([]);
    }
    expect(execution).toEqual(before);
  });
});
