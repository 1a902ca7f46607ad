import type { ChoiceState } from '../../definition/states-language.ts';
import { completeState } from '../completion.ts';
import type { Strand } from '../execution.ts';
import { causeInState, StateFailed } from '../failure.ts';
import { evaluateTyped } from '../field-evaluation.ts';
import type { Turn } from '../turn.ts';

/** Leaves by the first rule that holds, with that rule's own Output and Assign; by `Default` with those of the state. */
export async function beginChoice(turn: Turn, strand: Strand, state: ChoiceState): Promise<void> {
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
