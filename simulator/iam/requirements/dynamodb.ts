import type { RequestContext } from '../conditions/request-context.ts';
import type { CallFacts, Requirement, RequirementRow, RequirementRows } from './requirement.ts';
import { arnOf, nameOrArn, need, on, onNoResource, record, records, text, textOrAny } from './row-kinds.ts';

type Members = Readonly<Record<string, unknown>>;

/** The table of a name, or of an ARN, which may be in another account. */
function tableArn(call: CallFacts, table: string): string {
  return nameOrArn(table, (name) => arnOf('dynamodb', call, `table/${name}`));
}

const table = (call: CallFacts) => tableArn(call, textOrAny(call.input, 'TableName'));

const OPTIONS = ['ReturnConsumedCapacity', 'ReturnValues', 'Select'];

/**
 * Options in the call. AWS's defaults for condition keys are not documented, and `dynamodb:Attributes` would need parsed expressions, so those are
 * not supplied.
 */
function options(input: Members): RequestContext {
  const given = OPTIONS.flatMap((option) => {
    const value = text(input, option);
    return value === undefined ? [] : [[`dynamodb:${option}`, value] as const];
  });
  return { 'dynamodb:EnclosingOperation': null, ...Object.fromEntries(given) };
}

const onItem: RequirementRow = (call) => {
  const resource = table(call);
  return [
    need(call, call.operation, resource, { ...options(call.input), ...leadingKeys(call, resource, [call.input]) }),
  ];
};

/** A read through an index needs a permission on the index: a grant on the table does not cover it. */
const onTableOrIndex: RequirementRow = (call) => {
  const index = text(call.input, 'IndexName');
  const resource = index === undefined ? table(call) : `${table(call)}/index/${index}`;
  const keys = leadingKeys(call, table(call), [call.input]);
  return [need(call, call.operation, resource, { ...options(call.input), ...keys })];
};

/** One action with the batch's own name for each of its tables. */
const onEachTable: RequirementRow = (call) => {
  const tables = Object.entries(record(call.input.RequestItems));
  if (tables.length === 0) return [need(call, call.operation, tableArn(call, '*'), options(call.input))];
  return tables.map(([name, requests]) => {
    const resource = tableArn(call, name);
    const items = Array.isArray(requests)
      ? requests.map((request) => record(Object.values(record(request))[0]))
      : records(record(requests), 'Keys').map((Key) => ({ Key }));
    return need(call, call.operation, resource, { ...options(call.input), ...leadingKeys(call, resource, items) });
  });
};

const PART_ACTIONS: Readonly<Record<string, string>> = {
  ConditionCheck: 'ConditionCheckItem',
  Delete: 'DeleteItem',
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
};

/**
 * A transaction has no action of its own: each part is decided as if it were alone.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
const onEachPart: RequirementRow = (call) => {
  const parts = records(call.input, 'TransactItems').flatMap((item) =>
    Object.entries(item).map(([kind, part]) => ({ kind, item: record(part) })),
  );
  if (parts.length === 0) {
    // DynamoDB refuses it, but a call without permission does not get that far.
    const action = call.operation === 'TransactGetItems' ? 'GetItem' : 'PutItem';
    return [need(call, action, tableArn(call, '*'), options(call.input))];
  }
  const byNeed = Map.groupBy(parts, ({ kind, item }) => `${kind} ${tableArn(call, textOrAny(item, 'TableName'))}`);
  return [...byNeed.values()].map((same): Requirement => {
    const [{ kind, item } = { kind: '', item: {} }] = same;
    const resource = tableArn(call, textOrAny(item, 'TableName'));
    const items = same.map((part) => part.item);
    // A kind that DynamoDB does not know is no action of IAM either, so no policy grants it.
    return need(call, PART_ACTIONS[kind] ?? kind, resource, {
      ...options(call.input),
      ...leadingKeys(call, resource, items),
      'dynamodb:EnclosingOperation': call.operation,
    });
  });
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
export const dynamodbRows: RequirementRows = {
  BatchGetItem: onEachTable,
  BatchWriteItem: onEachTable,
  DeleteItem: onItem,
  DescribeTable: on(table),
  DescribeTimeToLive: on(table),
  GetItem: onItem,
  ListTables: onNoResource,
  PutItem: onItem,
  Query: onTableOrIndex,
  Scan: onTableOrIndex,
  TransactGetItems: onEachPart,
  TransactWriteItems: onEachPart,
  UpdateItem: onItem,
};

/**
 * `dynamodb:LeadingKeys`: the partition keys of the items that a call names by `Key` or `Item`. Supplied only where the table's key is known and
 * every item has it: a query has its key in an expression, which is not parsed here.
 */
function leadingKeys(call: CallFacts, tableArn: string, items: readonly Members[]): RequestContext {
  const key = call.lookups.partitionKeyOf?.(tableArn);
  if (key === undefined) return {};
  const values = items.map(({ Key, Item }) => attributeText(record(Key ?? Item)[key]));
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? { 'dynamodb:LeadingKeys': [...new Set(known)] } : {};
}

/** `{ S: 'cluster#1' }` and `{ N: '1' }` as text. */
function attributeText(attribute: unknown): string | undefined {
  const { S: string, N: number } = record(attribute);
  const value = string ?? number;
  return typeof value === 'string' ? value : undefined;
}
