import type { JsonObject } from '../json/json.ts';

type StateKind = 'Pass' | 'Task' | 'Choice' | 'Wait' | 'Succeed' | 'Map' | 'Parallel';
type TaskOutcome = 'Scheduled' | 'Started' | 'Succeeded' | 'Failed' | 'TimedOut';
type FanOutOutcome = 'Started' | 'Succeeded' | 'Failed';

/** The types of history events that occur here, as GetExecutionHistory names them. */
export type HistoryEventType =
  | 'ExecutionStarted'
  | 'ExecutionSucceeded'
  | 'ExecutionFailed'
  | 'ExecutionTimedOut'
  | 'ExecutionAborted'
  | 'ExecutionRedriven'
  | `${StateKind | 'Fail'}StateEntered`
  | `${StateKind}StateExited`
  | `${'Task' | 'Wait' | 'Map' | 'Parallel'}StateAborted`
  | `Task${TaskOutcome | 'Submitted'}`
  | `LambdaFunction${TaskOutcome}`
  | `${'Map' | 'Parallel'}State${FanOutOutcome}`
  | `MapIteration${FanOutOutcome | 'Aborted'}`
  | 'EvaluationFailed';

/** The member of an event that holds its details; several types share one. */
export type HistoryEventDetailsName =
  | 'executionStartedEventDetails'
  | 'executionSucceededEventDetails'
  | 'executionFailedEventDetails'
  | 'executionTimedOutEventDetails'
  | 'executionAbortedEventDetails'
  | 'executionRedrivenEventDetails'
  | 'stateEnteredEventDetails'
  | 'stateExitedEventDetails'
  | 'taskScheduledEventDetails'
  | 'taskStartedEventDetails'
  | 'taskSubmittedEventDetails'
  | 'taskSucceededEventDetails'
  | 'taskFailedEventDetails'
  | 'taskTimedOutEventDetails'
  | 'lambdaFunctionScheduledEventDetails'
  | 'lambdaFunctionSucceededEventDetails'
  | 'lambdaFunctionFailedEventDetails'
  | 'lambdaFunctionTimedOutEventDetails'
  | 'mapStateStartedEventDetails'
  | 'mapIterationStartedEventDetails'
  | 'mapIterationSucceededEventDetails'
  | 'mapIterationFailedEventDetails'
  | 'mapIterationAbortedEventDetails'
  | 'evaluationFailedEventDetails';

/** An event's details under the name AWS gives them; inputs and outputs in them are JSON text. */
export type HistoryEventDetails = Partial<Record<HistoryEventDetailsName, JsonObject>>;

/**
 * One event in the shape of GetExecutionHistory, except that `timestamp` is ISO 8601 text.
 * Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */
export interface HistoryEvent extends HistoryEventDetails {
  readonly timestamp: string;
  readonly type: HistoryEventType;
  /** Counts from 1. */
  readonly id: number;
  /** The event before it in its branch; 0 for the first two. */
  readonly previousEventId: number;
}

/** The most events of one execution; the last one says so. Source: Step Functions quotas. */
export const maximumHistoryEvents = 25_000;
