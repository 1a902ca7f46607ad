import type { Json, JsonObject } from '../json/json.ts';

/**
 * The Amazon States Language as JSON, in the JSONata query language: the shapes a definition has once `load` accepted it.
 * Sources: https://states-language.net/spec.html and the Step Functions developer guide, "Using Amazon States Language".
 */

/** A number, or an expression that evaluates to one. */
export type NumberOrExpression = number | string;

/** States that refer to each other by name, and the one that runs first. */
export interface StateScope {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** A whole state machine. `TimeoutSeconds` bounds the execution. */
export interface StateMachineDefinition extends StateScope {
  readonly QueryLanguage?: 'JSONata' | 'JSONPath';
  readonly TimeoutSeconds?: number;
}

/** The results of a state when it is left: its output, and the variables that it sets. */
export interface Results {
  readonly Output?: Json;
  readonly Assign?: JsonObject;
}

/** The next step of a state: `Next`, or the end of its scope. */
export interface Transition {
  readonly Next?: string;
  readonly End?: boolean;
}

/** How often and how late a failed state is retried. Intervals are in seconds. */
export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxAttempts?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

/** The next state of a failed state, once it is not retried. */
export interface Catcher extends Results {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
}

/** States that may fail for reasons outside the definition. */
export interface Recoverable {
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

/** Passes on its input, or `Output`. */
export interface PassState extends Results, Transition {
  readonly Type: 'Pass';
}

/** Calls a Lambda function or a service. */
export interface TaskState extends Results, Transition, Recoverable {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly Arguments?: Json;
  readonly Credentials?: { readonly RoleArn: string };
  readonly TimeoutSeconds?: NumberOrExpression;
  readonly HeartbeatSeconds?: NumberOrExpression;
}

/** One condition of a Choice state. */
export interface ChoiceRule extends Results {
  readonly Condition: boolean | string;
  readonly Next: string;
}

/** Continues with the first rule whose condition is true. */
export interface ChoiceState extends Results {
  readonly Type: 'Choice';
  readonly Choices: readonly ChoiceRule[];
  readonly Default?: string;
}

/** Waits for a time or until one; exactly one of the two is given. */
export interface WaitState extends Results, Transition {
  readonly Type: 'Wait';
  readonly Seconds?: NumberOrExpression;
  readonly Timestamp?: string;
}

/** Ends its scope with success. */
export interface SucceedState {
  readonly Type: 'Succeed';
  readonly Output?: Json;
}

/** Ends the execution with an error. */
export interface FailState {
  readonly Type: 'Fail';
  readonly Error?: string;
  readonly Cause?: string;
}

/** Runs all its branches with the same input. */
export interface ParallelState extends Results, Transition, Recoverable {
  readonly Type: 'Parallel';
  readonly Branches: readonly StateScope[];
  readonly Arguments?: Json;
}

/** Runs the same states once for every item. */
export interface MapState extends Results, Transition, Recoverable {
  readonly Type: 'Map';
  readonly ItemProcessor: StateScope;
  readonly Items?: Json;
  readonly ItemSelector?: Json;
  readonly MaxConcurrency?: NumberOrExpression;
  readonly ToleratedFailureCount?: NumberOrExpression;
  readonly ToleratedFailurePercentage?: NumberOrExpression;
}

/** Any state. */
export type State =
  | PassState
  | TaskState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;

/** The names of the state types, in AWS's order. */
export const stateTypes = ['Task', 'Wait', 'Pass', 'Succeed', 'Fail', 'Choice', 'Parallel', 'Map'] as const;

/** A state's type. */
export type StateType = (typeof stateTypes)[number];
