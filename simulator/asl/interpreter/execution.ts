import type { Json, JsonObject } from '../json/json.ts';
import type { HistoryEvent } from './history-event.ts';

/** The states an execution can be in. */
export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** The branches or iterations that a strand waits for. */
export interface FanOut {
  /** The number of children; for Map states, `items` has one entry for each. */
  readonly count: number;
  readonly items?: Json[];
  /** The most children at a time. */
  readonly limit: number;
  /** The input of parallel branches. */
  readonly input?: Json;
  /** The index of the next child to start. */
  next: number;
  running: string[];
  results: Json[];
}

/** An interrupted Parallel or Map state: its results so far, and the strands that had not ended. */
export interface StoppedFanOut extends FanOut {
  readonly unfinished: readonly Strand[];
}

/** The id of the strand of the machine's own states. */
export const rootStrand = 'strand-0';

/**
 * One thread of control: the machine's own, a branch's or an iteration's. It is in exactly one state. `scope` is the pointer
 * of the states it moves among (see `LoadedMachine.scopes`).
 */
export interface Strand {
  readonly id: string;
  readonly parent?: string;
  readonly index?: number;
  readonly scope: string;
  variables: JsonObject;
  state: string;
  input: Json;
  enteredAt: string;
  enteredEventId: number;
  lastEventId: number;
  /** Retries of the current state, in all and by retrier. */
  retryCount: number;
  attempts: number[];
  fanOut?: FanOut;
  /** For a redrive of a failed Parallel or Map state; absent when all of it would run again. */
  stoppedFanOut?: StoppedFanOut;
}

/** A task that waits for its answer. Instants are ISO 8601 text. */
export interface PendingTask {
  readonly taskId: string;
  readonly strand: string;
  readonly resource: string;
  readonly arguments: Json;
  readonly credentials?: { readonly RoleArn: string };
  /** Present for `.waitForTaskToken`: a report with this token ends the task. */
  readonly taskToken?: string;
  readonly heartbeatSeconds?: number;
  timeoutTimer?: string;
  heartbeatTimer?: string;
  /** Whether the call that starts the work was answered; only tasks that continue after that are ever marked. */
  submitted: boolean;
}

/** The purpose of a timer. */
export type TimerPurpose = 'wait' | 'retry' | 'task-timeout' | 'heartbeat' | 'execution-timeout';

/** A requested timer that has neither fired nor been cancelled. */
export interface PendingTimer {
  readonly timerId: string;
  readonly at: string;
  readonly purpose: TimerPurpose;
  readonly strand?: string;
  readonly taskId?: string;
}

/**
 * The whole state of one execution. It is a plain JSON value: store it, load it in another process and continue. `history` only grows at its end, so
 * a store may append instead of rewriting it.
 */
export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly roleArn?: string;
  readonly startDate: string;
  readonly input: Json;
  status: ExecutionStatus;
  stopDate?: string;
  output?: Json;
  error?: string;
  cause?: string;
  /** How often it was redriven, and the last time. Absent when it never was. */
  redriven?: { readonly count: number; readonly date: string };
  /** The machine's own strand where it stopped, with those inside it. Present only when the execution has ended without success. */
  unfinished?: Strand;
  /** Entered states and retries, which Step Functions charges for. */
  stateTransitions: number;
  /** The number of the next strand, task or timer. */
  nextId: number;
  strands: Record<string, Strand>;
  tasks: Record<string, PendingTask>;
  timers: Record<string, PendingTimer>;
  history: HistoryEvent[];
}
