import { arnParts } from '../policy/arn.ts';
import type { Requirement } from './requirement.ts';

// Services use roles of the template by themselves. No call over the wire needs these permissions, so the fake service must check them.

const plain = (action: string, resource: string): Requirement => ({ action, resource, context: {} });

/** The function's ARN has the alias or version of the call, or none. */
export function invokeFunction(functionArn: string): Requirement[] {
  const context = { 'lambda:EventSourceToken': null, 'lambda:InvokedViaFunctionUrl': null };
  return [{ action: 'lambda:InvokeFunction', resource: functionArn, context }];
}

/** Lambda polls a queue with the role of the function. */
export function pollQueue(queueArn: string): Requirement[] {
  return ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'].map((action) => plain(action, queueArn));
}

/** Lambda polls a stream of a table with the role of the function, and needs all of these when the mapping is created. */
export function readStream(streamArn: string): Requirement[] {
  const own = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];
  return [...own.map((action) => plain(action, streamArn)), plain('dynamodb:ListStreams', '*')];
}

/** Lambda writes a function's log with the function's role. `logGroupArn` without `:*`. */
export function writeLogs(logGroupArn: string, stream: string): Requirement[] {
  const resource = `${logGroupArn}:log-stream:${stream}`;
  return ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => plain(action, resource));
}

/** Lambda and Step Functions send traces with the role of the traced function or machine. */
export function sendTraces(): Requirement[] {
  return ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'].map((action) => plain(action, '*'));
}

/**
 * Step Functions needs this in a machine's role when the machine is created, if it has tasks `startExecution.sync`: the rule by which it learns that
 * children ended. https://docs.aws.amazon.com/step-functions/latest/dg/stepfunctions-iam.html
 */
export function hearOfChildren(machineArn: string): Requirement[] {
  const [, partition, , region, account] = arnParts(machineArn) ?? [];
  const rule = `arn:${partition}:events:${region}:${account}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule`;
  const context = { 'events:creatorAccount': account ?? null };
  return ['events:PutRule', 'events:PutTargets', 'events:DescribeRule'].map((action) => ({
    action,
    resource: rule,
    context,
  }));
}

/** A nested execution is started with the parent's role. */
export function startChild(machineArn: string): Requirement[] {
  return [{ action: 'states:StartExecution', resource: machineArn, context: { 'states:StateMachineQualifier': null } }];
}

/** A waiting parent reads its child, and stops it when it is stopped itself. */
export function watchChild(executionArn: string): Requirement[] {
  return [plain('states:DescribeExecution', executionArn)];
}
export function stopChild(executionArn: string): Requirement[] {
  return [plain('states:StopExecution', executionArn)];
}

/** Step Functions sets up the delivery of a machine's log with the machine's role, when it is created. */
export function deliverLogs(): Requirement[] {
  return [
    'CreateLogDelivery',
    'GetLogDelivery',
    'UpdateLogDelivery',
    'DeleteLogDelivery',
    'ListLogDeliveries',
    'PutResourcePolicy',
    'DescribeResourcePolicies',
    'DescribeLogGroups',
  ].map((action) => plain(`logs:${action}`, '*'));
}
