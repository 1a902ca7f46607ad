import type { ChoiceState, FailState } from '../definition/states-language.ts';
import { completeState } from './completion.ts';
import type { Strand } from './execution.ts';
import { causeInState, StateFailed } from './failure.ts';
import { evaluateField, evaluateTyped } from './field-evaluation.ts';
import { fanOut } from './states/fan-out.ts';
import { beginMap } from './states/map.ts';
import { beginTask } from './states/task.ts';
import { beginWait } from './states/wait.ts';
import type { Turn } from './turn.ts';

/** Performs the first part of the strand's state, again on every retry. States that need no host are left at once. */
export async function beginState(turn: Turn, strand: Strand): Promise<void> {
  const state = turn.stateOf(strand);
  switch (state.Type) {
    case 'Pass':
      return completeState(turn, strand, { results: state, output: strand.input, transition: state });
    case 'Succeed':
      return completeState(turn, strand, { results: state, output: strand.input, transition: {} });
    case 'Fail':
      return beginFail(turn, strand, state);
    case 'Choice':
      return beginChoice(turn, strand, state);
    case 'Wait':
      return beginWait(turn, strand, state);
    case 'Task':
      return beginTask(turn, strand, state);
    case 'Map':
      return beginMap(turn, strand, state);
    case 'Parallel': {
      const input =
        state.Arguments === undefined ? strand.input : await evaluateField(turn, strand, state.Arguments, 'Arguments');
      const count = state.Branches.length;
      return fanOut(turn, strand, { count, limit: count, input });
    }
  }
}

/** Leaves by the first matching rule, with that rule's own Output and Assign; by `Default` with those of the state. */
async function beginChoice(turn: Turn, strand: Strand, state: ChoiceState): Promise<void> {
  for (const [index, rule] of state.Choices.entries()) {
    const location = `Choices[${index}]/`;
    if (!(await evaluateTyped(turn, strand, rule.Condition, `${location}Condition`, 'boolean'))) continue;
    await completeState(turn, strand, { results: rule, output: strand.input, transition: rule, location });
    return;
  }
  if (state.Default === undefined) {
    throw new StateFailed({
      error: 'States.NoChoiceMatched',
      cause: causeInState(strand, 'Failed to transition out of the state. The state does not point to a next state.'),
    });
  }
  await completeState(turn, strand, { results: state, output: strand.input, transition: { Next: state.Default } });
}

/** Fails with the state's error and cause, which are both optional. */
async function beginFail(turn: Turn, strand: Strand, state: FailState): Promise<void> {
  const { Error: error, Cause: cause } = state;
  throw new StateFailed({
    ...(error === undefined ? {} : { error: await evaluateTyped(turn, strand, error, 'Error', 'string') }),
    ...(cause === undefined ? {} : { cause: await evaluateTyped(turn, strand, cause, 'Cause', 'string') }),
  });
}
