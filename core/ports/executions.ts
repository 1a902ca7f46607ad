import type { MachineName } from '../contracts/names.ts';

/** Executions of the state machines (Step Functions). Error names are the API's own. */
export interface Executions {
  /** The ARN of the execution with this name, which is known before it starts. */
  arnFor(machine: MachineName, name: string): string;
  /**
   * Idempotent while it runs: the same name and input give the same answer. Fails with `ExecutionAlreadyExists` when the execution of that name has
   * ended or has another input.
   */
  start(machine: MachineName, name: string, input: Readonly<Record<string, unknown>>): Promise<void>;
  /** Undefined when there is none of that ARN; eventually consistent after a start. */
  describe(executionArn: string): Promise<ExecutionState | undefined>;
}

export interface ExecutionState {
  /** JSON text, as it was given at the start. */
  readonly input: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'PENDING_REDRIVE';
  readonly error?: string;
  readonly cause?: string;
}
