/** What the functions of the hub ask of AWS there, by the name of the operation. */
export const HUB_OPERATIONS = [
  'TransactWriteItems',
  'GetItem',
  'BatchGetItem',
  'Query',
  'StartExecution',
  'DescribeExecution',
  'PutEvents',
  'SendMessage',
] as const;

/**
 * What becomes of a transaction: another one holds an item; it is written, and the SDK's second try meets the first one in progress; an item
 * of it is larger than DynamoDB takes. The adapter has one name for the first two (adapters/dynamodb/dynamo-table.ts).
 */
export const TRANSACTION_ANSWERS = ['conflict', 'in-progress', 'too-large'] as const;
