import type { Message } from '../queues/queue.ts';
import type { Datum } from './metrics.ts';

/** What AWS's services count themselves, under the names and dimensions that they document. */

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
export const functionDatum = (functionName: string, name: 'Errors' | 'Throttles', at: number): Datum => ({
  ...{ namespace: 'AWS/Lambda', name, at, value: 1 },
  dimensions: { FunctionName: functionName },
});

const ENDS: Readonly<Record<string, string>> = {
  SUCCEEDED: 'ExecutionsSucceeded',
  FAILED: 'ExecutionsFailed',
  TIMED_OUT: 'ExecutionsTimedOut',
  ABORTED: 'ExecutionsAborted',
};

/** None while an execution runs. https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html */
export function executionData(stateMachineArn: string, status: string, at: number): Datum[] {
  const name = ENDS[status];
  if (name === undefined) return [];
  return [{ namespace: 'AWS/States', name, at, value: 1, dimensions: { StateMachineArn: stateMachineArn } }];
}

const MINUTE = 60_000;

/**
 * The values that SQS publishes once a minute for the messages now in a queue, back to `since`. It counts visible messages only, and an empty queue
 * publishes nothing here. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export function queueData(queueName: string, messages: readonly Message[], since: number, now: number): Datum[] {
  const data: Datum[] = [];
  for (let at = Math.ceil(since / MINUTE) * MINUTE; at < now; at += MINUTE) {
    const there = messages.filter(({ sentAt }) => sentAt <= at);
    if (there.length === 0) continue;
    const visible = there.filter(({ visibleAt }) => visibleAt <= at).length;
    const age = (at - Math.min(...there.map(({ sentAt }) => sentAt))) / 1_000;
    const datum = { namespace: 'AWS/SQS', dimensions: { QueueName: queueName }, at };
    data.push({ ...datum, name: 'ApproximateNumberOfMessagesVisible', value: visible });
    data.push({ ...datum, name: 'ApproximateAgeOfOldestMessage', value: age });
  }
  return data;
}
