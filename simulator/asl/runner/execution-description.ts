import { given } from '../../../core/model/given.ts';
import type { Execution, ExecutionStatus } from '../interpreter/execution.ts';
import type { JsonObject } from '../json/json.ts';
import type { ExecutionRecord } from './execution-record.ts';
import { whyNotRedrivable } from './redrivability.ts';

/** An execution in the shape of DescribeExecution; input and output are JSON text. */
export interface ExecutionDescription {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly startDate: Date;
  readonly stopDate?: Date;
  readonly redriveCount: number;
  /** The last time it was redriven. Absent when it never was. */
  readonly redriveDate?: Date;
  readonly redriveStatus: 'REDRIVABLE' | 'NOT_REDRIVABLE';
  readonly redriveStatusReason?: string;
  readonly input: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** How often it was redriven, and whether RedriveExecution would accept it now. */
function redriveOf(
  execution: Execution,
  now: Date,
): Pick<ExecutionDescription, `redrive${'Count' | 'Date' | 'Status' | 'StatusReason'}`> {
  const { redriven } = execution;
  const redriveStatusReason = whyNotRedrivable(execution, now);
  return {
    redriveCount: redriven?.count ?? 0,
    ...(redriven === undefined ? {} : { redriveDate: new Date(redriven.date) }),
    ...(redriveStatusReason === undefined
      ? { redriveStatus: 'REDRIVABLE' }
      : { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason }),
  };
}

/** Describes the present state of a stored execution. */
export function describe({ execution, inputText }: ExecutionRecord, now: Date): ExecutionDescription {
  const { arn, stateMachineArn, name, status, startDate, stopDate, output, error, cause } = execution;
  return {
    executionArn: arn,
    stateMachineArn,
    name,
    status,
    startDate: new Date(startDate),
    ...redriveOf(execution, now),
    input: inputText,
    ...given({ stopDate: stopDate === undefined ? undefined : new Date(stopDate), error, cause }),
    ...(output === undefined ? {} : { output: JSON.stringify(output) }),
  };
}

function milliseconds(date: string): number {
  return new Date(date).getTime();
}

/**
 * An ended child for its parent's task: DescribeExecution in the letter case of a state machine's data. `parsed` gives input and output as JSON
 * instead of text, which is the difference between `.sync:2` and `.sync`.
 */
export function describeToParent(
  { execution, inputText }: ExecutionRecord,
  now: Date,
  options: { readonly parsed: boolean },
): JsonObject {
  const { parsed } = options;
  const { arn, stateMachineArn, name, status, startDate, stopDate, input, output, error, cause } = execution;
  const { redriveCount, redriveDate, redriveStatus, redriveStatusReason } = redriveOf(execution, now);
  return {
    ...given({ Cause: cause, Error: error }),
    ExecutionArn: arn,
    Input: parsed ? input : inputText,
    InputDetails: { Included: true },
    Name: name,
    ...(output === undefined
      ? {}
      : { Output: parsed ? output : JSON.stringify(output), OutputDetails: { Included: true } }),
    RedriveCount: redriveCount,
    ...(redriveDate === undefined ? {} : { RedriveDate: redriveDate.getTime() }),
    RedriveStatus: redriveStatus,
    ...(redriveStatusReason === undefined ? {} : { RedriveStatusReason: redriveStatusReason }),
    StartDate: milliseconds(startDate),
    StateMachineArn: stateMachineArn,
    Status: status,
    ...(stopDate === undefined ? {} : { StopDate: milliseconds(stopDate) }),
  };
}
