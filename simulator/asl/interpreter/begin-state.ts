import type { ChoiceState, FailState, MapState } from '../definition/states-language.ts';
import { EvaluationFailure } from '../expression/evaluation-failure.ts';
import type { Json } from '../json/json.ts';
import { completeState } from './complete-state.ts';
import type { Strand } from './execution.ts';
import { StateFailed } from './failure.ts';
import { evaluateField, evaluateInteger, evaluateTyped } from './field-evaluation.ts';
import { causeInState } from './recovery.ts';
import { fanOut } from './states/fan-out.ts';
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

/** The most concurrent iterations of an inline Map. Source: developer guide, "Using Map state in Inline mode". */
const maximumConcurrency = 40;

async function itemsOf(turn: Turn, strand: Strand, state: MapState): Promise<Json[]> {
  if (state.Items !== undefined) return evaluateTyped(turn, strand, state.Items, 'Items', 'array');
  if (Array.isArray(strand.input)) return strand.input;
  throw new EvaluationFailure(`Map state input must be an array but was: ${JSON.stringify(strand.input)}`);
}

/** Tolerated failures apply to Distributed Maps only; inline they are evaluated, and must be numbers, as on AWS. */
async function checkTolerance(turn: Turn, strand: Strand, state: MapState): Promise<void> {
  const { ToleratedFailureCount, ToleratedFailurePercentage } = state;
  if (ToleratedFailureCount !== undefined) {
    const range = { minimum: 0, maximum: 99_999_999 };
    await evaluateInteger(turn, strand, ToleratedFailureCount, 'ToleratedFailureCount', range);
  }
  if (ToleratedFailurePercentage === undefined) return;
  const location = 'ToleratedFailurePercentage';
  const percentage = await evaluateTyped(turn, strand, ToleratedFailurePercentage, location, 'number');
  if (percentage >= 0 && percentage <= 100) return;
  throw new EvaluationFailure(`The ${location} field must be from 0 to 100, but was: ${percentage}`, location);
}

/** Runs the item processor for every item. */
async function beginMap(turn: Turn, strand: Strand, state: MapState): Promise<void> {
  const items = await itemsOf(turn, strand, state);
  const range = { minimum: 0, maximum: 99_999_999 };
  const concurrency = await evaluateInteger(turn, strand, state.MaxConcurrency ?? 0, 'MaxConcurrency', range);
  await checkTolerance(turn, strand, state);
  const limit = concurrency === 0 ? maximumConcurrency : Math.min(concurrency, maximumConcurrency);
  await fanOut(turn, strand, { count: items.length, items, limit });
}
