import { completeState } from './completion.ts';
import type { Strand } from './execution.ts';
import { evaluateField } from './field-evaluation.ts';
import { beginChoice } from './states/choice.ts';
import { beginFail } from './states/fail.ts';
import { fanOut } from './states/fan-out.ts';
import { beginMap } from './states/map.ts';
import { beginTask } from './states/task.ts';
import { beginWait } from './states/wait.ts';
import type { Turn } from './turn.ts';

/** Does what the strand's state does first, again on every retry. States that need no one else are left at once. */
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
