import type { Json, JsonObject } from '../json/json.ts';
import type { HistoryEvent } from './history-event.ts';

/** The states an execution can be in. */
export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** The branches or iterations a strand waits for. */
export interface FanOut {
  /** How many children there are to run; for Map states, `items` has one entry for each. */
  readonly count: number;
  readonly items?: Json[];
  /** The most children at a time. */
  readonly limit: number;
  /** What parallel branches get as their input. */
  readonly input?: Json;
  /** The index of the next child to start. */
  next: number;
  running: string[];
  results: Json[];
}

/** A Parallel or Map state that was cut short, as it stood: the results it had, and the strands that came to no end. */
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
  /** Of a Parallel or Map state that has failed, for a redrive: absent when all of it would run again. */
  stoppedFanOut?: StoppedFanOut;
}

/** A task whose answer is awaited. Instants are ISO 8601 text. */
export interface PendingTask {
  readonly taskId: string;
  readonly strand: string;
  readonly resource: string;
  readonly arguments: Json;
  readonly credentials?: { readonly RoleArn: string };
  /** Present for `.waitForTaskToken`: the task ends when someone reports with this token. */
  readonly taskToken?: string;
  readonly heartbeatSeconds?: number;
  timeoutTimer?: string;
  heartbeatTimer?: string;
  /** Whether the call that starts the work was answered; only tasks that go on after that are ever marked. */
  submitted: boolean;
}

/** What a timer is for. */
export type TimerPurpose = 'wait' | 'retry' | 'task-timeout' | 'heartbeat' | 'execution-timeout';

/** A timer that was asked for and has neither fired nor been cancelled. */
export interface PendingTimer {
  readonly timerId: string;
  readonly at: string;
  readonly purpose: TimerPurpose;
  readonly strand?: string;
  readonly taskId?: string;
}

/**
 * Everything there is to know about one execution. A plain JSON value: store it, load it in another process and go on.
 * `history` only ever grows at its end, so a store may append instead of rewriting it.
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
  /** How often it was redriven, and when last. Absent when it never was. */
  redriven?: { readonly count: number; readonly date: string };
  /** The machine's own strand where it stopped, with those inside it. Only there once the execution has ended without success. */
  unfinished?: Strand;
  /** States entered and tries repeated: what Step Functions charges for. */
  stateTransitions: number;
  /** The number the next strand, task or timer gets. */
  nextId: number;
  strands: Record<string, Strand>;
  tasks: Record<string, PendingTask>;
  timers: Record<string, PendingTimer>;
  history: HistoryEvent[];
}
