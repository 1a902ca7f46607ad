import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { errorMessage, errorName, namedError } from '../../core/contracts/errors.ts';
import type { WriteOperation } from '../../core/ports/table.ts';

/**
 * DynamoDB's reasons under the port's names. A condition that failed outweighs a conflict: both mean "decide anew". Throttles and
 * faults keep their own names, since no decision was refused.
 */
export function transactionError(error: unknown, operations: readonly WriteOperation[]): unknown {
  if (errorName(error) === 'ValidationException') return namedError('InvalidTransaction', errorMessage(error));
  if (errorName(error) === 'TransactionConflictException' || errorName(error) === 'TransactionInProgressException') {
    return namedError('TransactionConflict', errorMessage(error));
  }
  if (!(error instanceof TransactionCanceledException)) return error;
  const reasons = error.CancellationReasons ?? [];
  const at = (code: string): number => reasons.findIndex((reason) => reason.Code === code);
  const failed = at('ConditionalCheckFailed');
  if (failed >= 0) {
    return namedError('ConditionFailed', `${describe(operations[failed])} is not as it was read`);
  }
  const conflict = at('TransactionConflict');
  if (conflict >= 0) {
    return namedError(
      'TransactionConflict',
      `${describe(operations[conflict])} is being written by another transaction`,
    );
  }
  const invalid = at('ValidationError');
  if (invalid < 0) return error;
  return namedError('InvalidTransaction', `${describe(operations[invalid])}: ${reasons[invalid]?.Message ?? ''}`);
}

function describe(operation: WriteOperation | undefined): string {
  if (operation === undefined) return 'An item';
  if (operation.type === 'append') return `The audit of ${operation.item.subject} ${operation.item.sequence}`;
  const { pk, sk } = operation.type === 'put' ? operation.item : operation.key;
  return `${pk} ${sk}`;
}
