import type { Execution, ExecutionStatus } from '../interpreter/execution.ts';
import type { JsonObject } from '../json/json.ts';
import type { ExecutionRecord } from './execution-record.ts';

/** An execution in the shape of DescribeExecution; input and output are JSON text. */
export interface ExecutionDescription {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly startDate: Date;
  readonly stopDate?: Date;
  readonly redriveCount: number;
  readonly redriveStatus: 'REDRIVABLE' | 'NOT_REDRIVABLE';
  readonly redriveStatusReason?: string;
  readonly input: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** Whether RedriveExecution would take the execution; there is none here, and so no execution was ever redriven. */
function redriveOf(
  status: ExecutionStatus,
): Pick<ExecutionDescription, `redrive${'Count' | 'Status' | 'StatusReason'}`> {
  if (status !== 'RUNNING' && status !== 'SUCCEEDED') return { redriveCount: 0, redriveStatus: 'REDRIVABLE' };
  const redriveStatusReason = `Execution is ${status} and cannot be redriven`;
  return { redriveCount: 0, redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason };
}

/** Describes a stored execution. */
export function describe({ execution, inputText }: ExecutionRecord): ExecutionDescription {
  const { arn, stateMachineArn, name, status, startDate, stopDate, output, error, cause } = execution;
  return {
    executionArn: arn,
    stateMachineArn,
    name,
    status,
    startDate: new Date(startDate),
    ...redriveOf(status),
    input: inputText,
    ...(stopDate === undefined ? {} : { stopDate: new Date(stopDate) }),
    ...(output === undefined ? {} : { output: JSON.stringify(output) }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}

function milliseconds(date: string): number {
  return new Date(date).getTime();
}

/**
 * What a parent's task sees of an ended child: DescribeExecution in the case of a state machine's data. `parsed` gives input
 * and output as JSON instead of as text, which is the difference between `.sync:2` and `.sync`.
 */
export function describeToParent(execution: Execution, inputText: string, parsed: boolean): JsonObject {
  const { arn, stateMachineArn, name, status, startDate, stopDate, input, output, error, cause } = execution;
  const { redriveCount, redriveStatus, redriveStatusReason } = redriveOf(status);
  return {
    ...(cause === undefined ? {} : { Cause: cause }),
    ...(error === undefined ? {} : { Error: error }),
    ExecutionArn: arn,
    Input: parsed ? input : inputText,
    InputDetails: { Included: true },
    Name: name,
    ...(output === undefined
      ? {}
      : { Output: parsed ? output : JSON.stringify(output), OutputDetails: { Included: true } }),
    RedriveCount: redriveCount,
    RedriveStatus: redriveStatus,
    ...(redriveStatusReason === undefined ? {} : { RedriveStatusReason: redriveStatusReason }),
    StartDate: milliseconds(startDate),
    StateMachineArn: stateMachineArn,
    Status: status,
    ...(stopDate === undefined ? {} : { StopDate: milliseconds(stopDate) }),
  };
}
