import type { Timers } from '../../clock/timers.ts';
import type { Execution, ExecutionStatus } from '../interpreter/execution.ts';
import type { HistoryEvent } from '../interpreter/history-event.ts';
import type { Environment } from '../interpreter/turn.ts';
import type { ExecutionDescription } from './execution-description.ts';
import type { ExecutionRecord } from './execution-record.ts';
import type { MachineRecord } from './machine-registry.ts';
import type { InvokeTask } from './task-invocation.ts';

/** What a runner is made from. */
export interface RunnerOptions {
  readonly timers: Timers;
  /** Keeps simulated time still while work is under way: `clock.track` of a virtual clock. Real time needs none. */
  readonly track?: <T>(work: () => Promise<T>) => Promise<T>;
  readonly environment: Environment;
  readonly invokeTask: InvokeTask;
  /** Asked before a task starts, looks at or stops a child; what it throws is the task's error. Left out, every machine may. */
  readonly authorizeChild?: AuthorizeChild;
  /** Called when an execution has started, when it was redriven, and when it has ended. */
  readonly onStatusChange?: (execution: ExecutionDescription) => void;
  /**
   * Asked when an execution has ended; without its history a simulated fleet needs far less memory. Kept when left out, and of an
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

/** Asks for an execution. `input` is JSON text, `{}` when left out; a left out name becomes a UUID. */
export interface StartExecution {
  readonly machineArn: string;
  readonly name?: string;
  readonly input?: string;
}

/** Asks for an execution to be redriven. The same `clientToken` again, soon after, asks for nothing more. */
export interface RedriveExecution {
  readonly executionArn: string;
  readonly clientToken?: string;
}

/** A page of a list: at most `maxResults` entries (1 to 1,000, 100 when left out) from where `nextToken` points. */
export interface Page {
  readonly maxResults?: number;
  readonly nextToken?: string;
}

/** Asks for an execution's history. */
export interface GetExecutionHistory extends Page {
  readonly executionArn: string;
  readonly reverseOrder?: boolean;
}

/** Asks for the executions of a machine, newest first. */
export interface ListExecutions extends Page {
  readonly machineArn: string;
  readonly statusFilter?: ExecutionStatus;
}

/** A part of an execution's history. */
export interface HistoryPage {
  readonly events: readonly HistoryEvent[];
  readonly nextToken?: string;
}

/** A part of the executions of a machine. */
export interface ExecutionsPage {
  readonly executions: readonly ExecutionDescription[];
  readonly nextToken?: string;
}

/** Everything a runner knows, as a plain JSON value. */
export interface RunnerState {
  readonly machines: readonly MachineRecord[];
  readonly executions: readonly ExecutionRecord[];
  readonly spentTokens: readonly string[];
}
