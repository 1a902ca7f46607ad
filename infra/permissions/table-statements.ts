import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { TABLE_SCHEMA } from '../../core/contracts/table-schema.ts';
import type { FunctionNeeds } from './function-needs.ts';

export const allow = (sid: string, actions: string[], resources: string[]): PolicyStatement =>
  new PolicyStatement({ sid, actions, resources });

/** A table of this stack or of another one, or a restored table. */
export interface TableReference {
  readonly tableName: string;
  readonly tableArn: string;
}

/** The audit table, with its stream. */
export interface AuditReference extends TableReference {
  readonly streamArn: string;
}

export type IndexName = (typeof TABLE_SCHEMA.items.indexes)[number]['name'];

/** A transaction has no action of its own: IAM checks each of its parts like a single call. Liftlock deletes no item. */
const WRITES = {
  conditional: ['dynamodb:PutItem'],
  overwrite: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
} as const;

/** Permissions on the items: everybody reads by key, and a function gets the indexes and the kind of writes that it needs. */
export function itemStatements(table: TableReference, needs: FunctionNeeds): PolicyStatement[] {
  const { indexes = [], writes, checks } = needs;
  const actions = [
    'dynamodb:BatchGetItem',
    'dynamodb:Query',
    ...(writes === undefined ? [] : WRITES[writes]),
    ...(checks ? ['dynamodb:ConditionCheckItem'] : []),
  ];
  const indexArns = indexes.map((index) => `${table.tableArn}/index/${index}`);
  return [
    allow('Items', actions, [table.tableArn]),
    ...(indexes.length === 0 ? [] : [allow('Indexes', ['dynamodb:Query'], indexArns)]),
  ];
}

/** Allows to append and to read back. The table's own policy denies every change of an item to everybody (stacks/state-stack.ts). */
export const auditStatement = (table: TableReference): PolicyStatement =>
  allow('Audit', ['dynamodb:PutItem', 'dynamodb:Query'], [table.tableArn]);

/**
 * The daily sweep of `anchor-audit` scans the table, and Lambda's poller reads the stream with the function's role. ListStreams knows no resource,
 * and Lambda demands it.
 */
export const anchorStatements = ({ tableArn, streamArn }: AuditReference): PolicyStatement[] => [
  allow('AuditSweep', ['dynamodb:Scan'], [tableArn]),
  allow('AuditStream', ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], [streamArn]),
  allow('Streams', ['dynamodb:ListStreams'], ['*']),
];
