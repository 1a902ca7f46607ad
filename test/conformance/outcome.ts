import type { HistoryEvent } from '../../simulator/asl/interpreter/history-event.ts';
import type { Json, JsonObject } from '../../simulator/asl/json/json.ts';
import type { ExecutionDescription } from '../../simulator/asl/runner/execution-description.ts';
import type { EvaluationFailureRecord, Outcome, StateExit } from './cases.ts';

function parsed(text: Json | undefined): Json {
  return JSON.parse(String(text));
}

function stateExit(details: JsonObject): StateExit {
  const exit = { state: String(details.name), output: parsed(details.output) };
  const { assignedVariables } = details;
  if (typeof assignedVariables !== 'object' || assignedVariables === null) return exit;
  const assigned = Object.entries(assignedVariables).map(([name, text]) => [name, parsed(text)]);
  return { ...exit, assigned: Object.fromEntries(assigned) };
}

/** Puts what happened into the form of the recordings. */
export function outcomeOf(
  execution: ExecutionDescription,
  history: readonly HistoryEvent[],
): Required<Pick<Outcome, 'statesEntered' | 'stateExits' | 'eventTypes' | 'previousEventIds' | 'evaluationFailures'>> &
  Outcome {
  const { status, output, error, cause } = execution;
  return {
    status,
    ...(output === undefined ? {} : { output: parsed(output) }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
    statesEntered: history.flatMap(({ stateEnteredEventDetails: details }) => (details ? [String(details.name)] : [])),
    stateExits: history.flatMap(({ stateExitedEventDetails: details }) => (details ? [stateExit(details)] : [])),
    eventTypes: history.map(({ type }) => type),
    previousEventIds: history.map(({ previousEventId }) => previousEventId),
    evaluationFailures: history.flatMap(({ evaluationFailedEventDetails: details }) =>
      details ? [details as unknown as EvaluationFailureRecord] : [],
    ),
  };
}
