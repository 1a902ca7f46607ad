import { type AwsCall, AwsFault, type ServiceName } from '../../wire/aws-call.ts';
import { dynamodbRows } from './dynamodb.ts';
import { eksRows } from './eks.ts';
import { eventsRows } from './events.ts';
import { record } from './input-members.ts';
import { logsRows } from './logs.ts';
import { monitoringRows } from './monitoring.ts';
import type { Lookups, Requirement, RequirementRows } from './requirement.ts';
import { s3Rows } from './s3.ts';
import {
  backupRows,
  ec2Rows,
  iamRows,
  kmsRows,
  organizationsRows,
  quotasRows,
  schedulerRows,
  secretsRows,
  ssmRows,
  stsRows,
} from './small-services.ts';
import { snsRows } from './sns.ts';
import { sqsRows } from './sqs.ts';
import { statesRows } from './states.ts';

/** What the operations of the local cloud need, one row each. */
export const REQUIREMENT_ROWS: Readonly<Record<ServiceName, RequirementRows>> = {
  backup: backupRows,
  dynamodb: dynamodbRows,
  ec2: ec2Rows,
  eks: eksRows,
  events: eventsRows,
  iam: iamRows,
  kms: kmsRows,
  logs: logsRows,
  monitoring: monitoringRows,
  organizations: organizationsRows,
  s3: s3Rows,
  scheduler: schedulerRows,
  secretsmanager: secretsRows,
  servicequotas: quotasRows,
  sns: snsRows,
  sqs: sqsRows,
  ssm: ssmRows,
  states: statesRows,
  sts: stsRows,
};

/**
 * Every permission that a call of somebody in the account needs; all of them have to be allowed. Empty for what needs none. Throws
 * `NotImplemented` with the name of an operation that has no row: what nobody said what it needs is not let through.
 */
export function requirements(
  call: Pick<AwsCall, 'service' | 'operation' | 'input' | 'region'>,
  account: string,
  lookups: Lookups,
): Requirement[] {
  const { service, operation, region } = call;
  const rows = REQUIREMENT_ROWS[service];
  const row = Object.hasOwn(rows, operation) ? rows[operation] : undefined;
  if (row === undefined) {
    const text = `${service}:${operation} has no row that says which permissions it needs (simulator/iam/requirements)`;
    throw new AwsFault('NotImplemented', text, { status: 501 });
  }
  const needed = row({ service, operation, input: record(call.input), region, account, lookups });
  return needed.map((each) => ({ ...each, context: { 'aws:RequestedRegion': region, ...each.context } }));
}
