import { namedError } from '../../core/contracts/errors.ts';
import { wrongState } from '../../core/queries/refusal.ts';
import { answerTo, HttpError } from './http-error.ts';

const named = (name: string) => Object.assign(new Error('a word of DynamoDB'), { name });

test.each([
  ...['ThrottlingException', 'ProvisionedThroughputExceededException'],
  // DynamoDB says it of the account's limit, and Lambda and Step Functions of theirs.
  ...['RequestLimitExceeded', 'TooManyRequestsException'],
])('a table that throttles (%s) is no fault of Liftlock: the caller tries again', (name) => {
  expect(answerTo(named(name))).toEqual({
    status: 503,
    body: {
      error: {
        name: 'Throttled',
        message: 'Liftlock is throttled by AWS right now. Try again in a few seconds.',
      },
    },
  });
});

test.each([
  Object.assign(named('InternalServerError'), { $metadata: { httpStatusCode: 500 } }),
  Object.assign(named('Error'), { code: 'ECONNRESET' }),
  named('TimeoutError'),
])('of a service that did not answer nobody knows what it did, and the caller looks first (%s)', (error) => {
  const { status, body } = answerTo(error);
  expect([status, body.error.name]).toEqual([503, 'Unavailable']);
  expect(body.error.message).toContain('may have been done all the same: look first');
});

test.each(['ERR_INVALID_ARG_TYPE', 'ENOENT'])(
  'a fault of Liftlock itself is none of AWS, whatever code Node gives it (%s)',
  (code) => {
    expect(answerTo(Object.assign(named('TypeError'), { code }))).toMatchObject({ status: 500 });
  },
);

test('a transaction that DynamoDB has cancelled for no throttle is a fault, and no reason to try again', () => {
  expect(answerTo(named('TransactionCanceledException'))).toMatchObject({ status: 500 });
});

test.each(['ConditionFailed', 'TransactionConflict'] as const)('contention (%s) is called a conflict', (name) => {
  expect(answerTo(namedError(name, 'CLUSTER x is not as it was read'))).toMatchObject({
    status: 409,
    body: { error: { name: 'Conflict' } },
  });
});

test('a refusal is told with its own words and details, and anything else is not', () => {
  expect(answerTo(wrongState('It runs.'))).toMatchObject({ status: 409, body: { error: { message: 'It runs.' } } });
  expect(answerTo(new HttpError(415, 'NotJson', 'Send JSON.'))).toEqual({
    status: 415,
    body: { error: { name: 'NotJson', message: 'Send JSON.' } },
  });
  const fault = answerTo(named('toString'));
  expect([fault.status, fault.body.error.name]).toEqual([500, 'InternalError']);
  expect(fault.body.error.message).not.toContain('DynamoDB');
});
