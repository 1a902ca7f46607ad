import { load } from '../../simulator/asl/definition/load.ts';
import type { Effect } from '../../simulator/asl/interpreter/effects.ts';
import { createInterpreter } from '../../simulator/asl/interpreter/interpreter.ts';
import type { Measure } from '../figure.ts';

/** A typical loop of a controller: count, call a function, decide whether to continue. */
const definition = {
  QueryLanguage: 'JSONata',
  StartAt: 'Count',
  States: {
    Count: {
      Type: 'Pass',
      Output: { round: '{% $states.input.round + 1 %}', rounds: '{% $states.input.rounds %}' },
      Next: 'Ask',
    },
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: 'ask', Payload: { round: '{% $states.input.round %}' } },
      Assign: { answer: '{% $states.result.Payload %}' },
      Output: '{% $states.input %}',
      Next: 'Decide',
    },
    Decide: {
      Type: 'Choice',
      Choices: [{ Condition: '{% $states.input.round < $states.input.rounds and $answer.more %}', Next: 'Count' }],
      Default: 'Done',
    },
    Done: { Type: 'Succeed' },
  },
};

/**
 * Measures the interpreter alone: `executions` executions of `rounds` rounds of a Pass, a Task that is answered at once, and a
 * Choice. Gives state transitions per second of one core; an execution may have at most 2,700 rounds before its history is full.
 */
async function measureTransitions(executions: number, rounds: number): Promise<number> {
  const machine = load(definition);
  const interpreter = createInterpreter({ random: () => 0, uuid: () => '00000000-0000-4000-8000-000000000000' });
  const stateMachineArn = 'arn:aws:states:eu-west-1:111111111111:stateMachine:loop';
  const now = new Date('2026-01-01T00:00:00.000Z');
  let transitions = 0;
  const startedAt = performance.now();
  for (let number = 0; number < executions; number++) {
    const name = `execution-${number}`;
    const start = { arn: `${stateMachineArn}:${name}`, name, stateMachineArn, stateMachineName: 'loop' };
    let { execution, effects } = await interpreter.start(machine, { ...start, input: { round: 0, rounds } }, now);
    for (let task = findTask(effects); task; task = findTask(effects)) {
      const output = { Payload: { more: true } };
      ({ execution, effects } = await interpreter.advance(
        machine,
        execution,
        { type: 'taskSucceeded', taskId: task.taskId, output },
        now,
      ));
    }
    if (execution.status !== 'SUCCEEDED') throw new Error(`The benchmark's execution ended as ${execution.status}`);
    transitions += execution.stateTransitions;
  }
  return Math.round((1_000 * transitions) / (performance.now() - startedAt));
}

function findTask(effects: readonly Effect[]): Extract<Effect, { type: 'scheduleTask' }> | undefined {
  return effects.find((effect) => effect.type === 'scheduleTask');
}

/** The interpreter alone; a run of a whole fleet spends most of its time elsewhere. */
export const measure: Measure = async () => {
  await measureTransitions(2, 200);
  const value = await measureTransitions(20, 500);
  return [{ name: 'State machine interpreter', value, unit: 'per second', least: 2_000 }];
};
