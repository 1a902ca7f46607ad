import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { TABLE_SCHEMA } from '../../core/contracts/table-schema.ts';
import type { FunctionNeeds } from './function-needs.ts';

export const allow = (sid: string, actions: string[], resources: string[]): PolicyStatement =>
  new PolicyStatement({ sid, actions, resources });

/** A table of this stack or of another, or one that was restored. */
export interface TableReference {
  readonly tableName: string;
  readonly tableArn: string;
}

/** The audit table, with the stream of what happens to it. */
export interface AuditReference extends TableReference {
  readonly streamArn: string;
}

export type IndexName = (typeof TABLE_SCHEMA.items.indexes)[number]['name'];

/** A transaction has no action of its own: each of its parts is checked as if it came alone. Nothing is ever deleted. */
const WRITES = {
  conditional: ['dynamodb:PutItem'],
  overwrite: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
} as const;

/** The items: reads by key for everybody, the indexes that are queried, and writes of the kind that is needed. */
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

/** Append and read back; the table's own policy denies everybody else whatever would change an item (stacks/state-stack.ts). */
export const auditStatement = (table: TableReference): PolicyStatement =>
  allow('Audit', ['dynamodb:PutItem', 'dynamodb:Query'], [table.tableArn]);

/**
 * What the daily sweep of `anchor-audit` reads, and what Lambda's poller of the stream does in its name. ListStreams knows no resource, and
 * Lambda asks for it.
 */
export const anchorStatements = ({ tableArn, streamArn }: AuditReference): PolicyStatement[] => [
  allow('AuditSweep', ['dynamodb:Scan'], [tableArn]),
  allow('AuditStream', ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], [streamArn]),
  allow('Streams', ['dynamodb:ListStreams'], ['*']),
];
