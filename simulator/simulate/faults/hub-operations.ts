/** The operations of AWS that the functions of the hub call there. */
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
 * The fate of a transaction: another one holds an item; it is written, and the SDK's second try meets the first one in progress; an item is larger
 * than DynamoDB accepts. The adapter has one name for the first two (adapters/dynamodb/dynamo-table.ts).
 */
export const TRANSACTION_ANSWERS = ['conflict', 'in-progress', 'too-large'] as const;
