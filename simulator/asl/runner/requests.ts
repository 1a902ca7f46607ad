import type { Timers } from '../../clock/timers.ts';
import type { Execution, ExecutionStatus } from '../interpreter/execution.ts';
import type { HistoryEvent } from '../interpreter/history-event.ts';
import type { Environment } from '../interpreter/turn.ts';
import type { ExecutionDescription } from './execution-description.ts';
import type { ExecutionRecord } from './execution-record.ts';
import type { MachineRecord } from './machine-registry.ts';
import type { InvokeTask } from './task-invocation.ts';

/** The parts of a runner. */
export interface RunnerOptions {
  readonly timers: Timers;
  /** Keeps simulated time still during work: `clock.track` of a virtual clock. Real time needs none. */
  readonly track?: <T>(work: () => Promise<T>) => Promise<T>;
  readonly environment: Environment;
  readonly invokeTask: InvokeTask;
  /** Called before a task starts, reads or stops a child; an exception is the task's error. When absent, every machine may. */
  readonly authorizeChild?: AuthorizeChild;
  /** Called when an execution has started, was redriven, or has ended. */
  readonly onStatusChange?: (execution: ExecutionDescription) => void;
  /**
   * Called when an execution has ended; without its history a simulated fleet needs far less memory. Histories are kept when it is absent, and for an
   * execution that can be redriven.
   */
  readonly keepHistory?: (execution: ExecutionDescription) => boolean;
  /** Stores an execution after every step, before the step's effects are carried out. */
  readonly onStep?: (record: ExecutionRecord) => void | Promise<void>;
}

/** Whether the machine of an execution may do this to a child: `resource` is the ARN of a machine to start, else of an execution. */
export type AuthorizeChild = (
  action: 'states:StartExecution' | 'states:DescribeExecution' | 'states:StopExecution',
  resource: string,
  parent: Execution,
) => void;

/** Starts an execution. `input` is JSON text, `{}` by default; the default name is a UUID. */
export interface StartExecution {
  readonly machineArn: string;
  readonly name?: string;
  readonly input?: string;
}

/** Redrives an execution. The same `clientToken` again, soon after, has no further effect. */
export interface RedriveExecution {
  readonly executionArn: string;
  readonly clientToken?: string;
}

/** A page of a list: at most `maxResults` entries (1 to 1,000, 100 by default) from `nextToken` on. */
export interface Page {
  readonly maxResults?: number;
  readonly nextToken?: string;
}

/** The request for an execution's history. */
export interface GetExecutionHistory extends Page {
  readonly executionArn: string;
  readonly reverseOrder?: boolean;
}

/** The request for the executions of a machine, newest first. */
export interface ListExecutions extends Page {
  readonly machineArn: string;
  readonly statusFilter?: ExecutionStatus;
}

/** A page of an execution's history. */
export interface HistoryPage {
  readonly events: readonly HistoryEvent[];
  readonly nextToken?: string;
}

/** A page of a machine's executions. */
export interface ExecutionsPage {
  readonly executions: readonly ExecutionDescription[];
  readonly nextToken?: string;
}

/** The whole state of a runner, as a plain JSON value. */
export interface RunnerState {
  readonly machines: readonly MachineRecord[];
  readonly executions: readonly ExecutionRecord[];
  readonly spentTokens: readonly string[];
}
