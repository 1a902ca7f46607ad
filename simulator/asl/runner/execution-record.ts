import type { Execution } from '../interpreter/execution.ts';

/** The task of a parent execution that started a child, and the form of its answer. */
export interface StartedBy {
  readonly executionArn: string;
  readonly taskId: string;
  /** Absent when the parent's task does not wait for the child. */
  readonly waitsFor?: 'sync' | 'sync:2';
}

/** A client token that an execution was redriven with, and when. */
export interface RedriveToken {
  readonly token: string;
  readonly date: string;
}

/** An execution as a runner stores it: a plain JSON value. */
export interface ExecutionRecord {
  readonly execution: Execution;
  /** The original input; requests with the same name are compared with it. */
  readonly inputText: string;
  /** The position of its definition among the machine's definitions. */
  readonly revision: number;
  /** The tasks that started it; more than one when a running execution was started again. */
  readonly startedBy: StartedBy[];
  /** The client tokens of the last redrives, newest last. Absent when there were none. */
  redriveTokens?: readonly RedriveToken[];
}
