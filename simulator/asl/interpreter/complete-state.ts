import type { Results, Transition } from '../definition/states-language.ts';
import { exceedsDataLimit } from '../json/data-limit.ts';
import type { Json, JsonObject } from '../json/json.ts';
import type { Strand } from './execution.ts';
import { dataLimitExceeded, StateFailed } from './failure.ts';
import { evaluateField, type StatesExtras } from './field-evaluation.ts';
import type { Turn } from './turn.ts';

/** How a state is left. */
interface Completion {
  /** The part of the definition whose Output and Assign apply: the state, a choice rule or a catcher. */
  readonly results: Results;
  /** The output when there is no `Output` field. */
  readonly output: Json;
  readonly transition: Transition;
  /** The place of `results` inside the state: empty, `Choices[0]/` or `Catch[1]/`. */
  readonly location?: string;
  readonly extras?: StatesExtras;
}

function jsonTexts(values: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]));
}

/**
 * Leaves the strand's state: Output and Assign are evaluated against the same, old variables, then the variables change and
 * the next state is due. Throws `EvaluationFailure`, or `StateFailed` when a value is too large.
 */
export async function completeState(turn: Turn, strand: Strand, completion: Completion): Promise<void> {
  const { results, transition, location = '', extras } = completion;
  const output =
    results.Output === undefined
      ? completion.output
      : await evaluateField(turn, strand, results.Output, `${location}Output`, extras);
  const assigned = results.Assign && (await evaluateField(turn, strand, results.Assign, `${location}Assign`, extras));
  leaveState(turn, strand, output, transition, assigned as JsonObject | undefined);
}

function leaveState(turn: Turn, strand: Strand, output: Json, transition: Transition, assigned?: JsonObject): void {
  const state = turn.stateOf(strand);
  const outputText = turn.textOf(output);
  const variables = assigned && jsonTexts(assigned);
  if (exceedsDataLimit(outputText) || (variables && exceedsDataLimit(Object.values(variables).join('')))) {
    throw new StateFailed(dataLimitExceeded(strand.state));
  }
  if (state.Type !== 'Fail') {
    const details = { name: strand.state, output: outputText, outputDetails: { truncated: false } };
    turn.record(strand, `${state.Type}StateExited`, {
      stateExitedEventDetails: variables
        ? { ...details, assignedVariables: variables, assignedVariablesDetails: { truncated: false } }
        : details,
    });
  }
  if (assigned) strand.variables = { ...strand.variables, ...assigned };
  if (transition.Next === undefined) {
    turn.steps.push({ do: 'succeed', strand: strand.id, output });
    return;
  }
  strand.state = transition.Next;
  strand.enteredEventId = 0;
  strand.input = output;
  turn.steps.push({ do: 'enter', strand: strand.id });
}
