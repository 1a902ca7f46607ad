import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { WriteOperation } from '../../core/ports/table.ts';
import { transactionError } from './dynamo-table.ts';

const named = (name: string, message = 'as DynamoDB says'): Error => Object.assign(new Error(message), { name });
const canceled = (...reasons: ({ Code: string; Message?: string } | undefined)[]) =>
  new TransactionCanceledException({
    message: 'canceled',
    $metadata: {},
    ...(reasons.length === 0 ? {} : { CancellationReasons: reasons.map((one) => one ?? { Code: 'None' }) }),
  });
const put = { type: 'put', item: { pk: 'P', sk: 'put', kind: 'K', active: false, data: {} }, expect: 1 } as const;
const check = { type: 'check', key: { pk: 'P', sk: 'check' }, expect: 1 } as const;
const append = { type: 'append', item: { subject: 'fleet', sequence: 7 } } as unknown as WriteOperation;
const told = (error: unknown) => {
  const { name, message } = transactionError(error, [put, check, append]) as Error;
  return [name, message];
};

test.each<[string, unknown, string, string]>([
  [
    'a condition of a write',
    canceled({ Code: 'ConditionalCheckFailed' }),
    'ConditionFailed',
    'P put is not as it was read',
  ],
  [
    'a condition of a check',
    canceled(undefined, { Code: 'ConditionalCheckFailed' }),
    'ConditionFailed',
    'P check is not as it was read',
  ],
  [
    'a number of an audit',
    canceled(undefined, undefined, { Code: 'ConditionalCheckFailed' }),
    'ConditionFailed',
    'The audit of fleet 7 is not as it was read',
  ],
  [
    'a condition beside a conflict',
    canceled({ Code: 'TransactionConflict' }, { Code: 'ConditionalCheckFailed' }),
    'ConditionFailed',
    'P check is not as it was read',
  ],
  [
    'a conflict',
    canceled({ Code: 'TransactionConflict' }),
    'TransactionConflict',
    'P put is being written by another transaction',
  ],
  [
    'a conflict beside what is invalid',
    canceled({ Code: 'ValidationError', Message: 'too large' }, { Code: 'TransactionConflict' }),
    'TransactionConflict',
    'P check is being written by another transaction',
  ],
  [
    'what is invalid',
    canceled({ Code: 'ValidationError', Message: 'too large' }),
    'InvalidTransaction',
    'P put: too large',
  ],
  ['what is invalid without a word', canceled({ Code: 'ValidationError' }), 'InvalidTransaction', 'P put: '],
  [
    'what was not asked for',
    canceled(undefined, undefined, undefined, { Code: 'ConditionalCheckFailed' }),
    'ConditionFailed',
    'An item is not as it was read',
  ],
  [
    'a throttle of one item',
    canceled(undefined, { Code: 'ThrottlingError' }),
    'ProvisionedThroughputExceededException',
    'canceled',
  ],
  [
    'an item that is written too often',
    canceled({ Code: 'ProvisionedThroughputExceeded' }),
    'ProvisionedThroughputExceededException',
    'canceled',
  ],
  ['a request that is none', named('ValidationException'), 'InvalidTransaction', 'as DynamoDB says'],
  ['a conflict of another call', named('TransactionConflictException'), 'TransactionConflict', 'as DynamoDB says'],
  ['the same call under way', named('TransactionInProgressException'), 'TransactionConflict', 'as DynamoDB says'],
])('%s has the name by which it is decided anew or given up', (_, error, name, message) => {
  expect(told(error)).toEqual([name, message]);
});

test.each<[string, unknown]>([
  ['a throttle', named('ThrottlingException')],
  ['a cancellation for anything else', canceled({ Code: 'ItemCollectionSizeLimitExceeded' })],
  ['a cancellation without reasons', canceled()],
  [
    'a fault that looks like one',
    Object.assign(named('InternalServerError'), { CancellationReasons: [{ Code: 'TransactionConflict' }] }),
  ],
])('%s keeps its name', (_, error) => {
  expect(transactionError(error, [put])).toBe(error);
});
