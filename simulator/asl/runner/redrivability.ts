import type { Execution } from '../interpreter/execution.ts';
import { maximumHistoryEvents } from '../interpreter/history-event.ts';

const DAY = 86_400_000;
/** Counted from the day of its end. */
const REDRIVABLE_DAYS = 14;
const MAXIMUM_OPEN_DAYS = 365;

/**
 * Why an execution cannot be redriven, in the text of `redriveStatusReason`; nothing when it can. Source: API reference of DescribeExecution;
 * developer guide, "Redrive eligibility for unsuccessful executions".
 */
export function whyNotRedrivable(execution: Execution, now: Date): string | undefined {
  const { status, startDate, stopDate = startDate, history, unfinished } = execution;
  const days = (since: string): number => (now.getTime() - Date.parse(since)) / DAY;
  if (status === 'RUNNING' || status === 'SUCCEEDED') return `Execution is ${status} and cannot be redriven`;
  // Room for the event of the redrive and one more.
  if (history.length >= maximumHistoryEvents - 1) return 'Execution history event limit exceeded';
  if (days(startDate) > MAXIMUM_OPEN_DAYS) return 'Execution has exceeded the max execution time';
  if (days(stopDate) > REDRIVABLE_DAYS) return 'Execution redrivable period exceeded';
  // This is no reason of AWS: the execution ended before its host kept this, or its history was dropped.
  return unfinished === undefined ? 'Where the execution stopped was not kept' : undefined;
}
