/** Error names are API: ASL `Retry` and `Catch`, alarms and exit codes match on them. */
export const ERROR_NAMES = {
  /** The input of an execution or of an API call is not usable; the message names every bad member. */
  InvalidInput: 'InvalidInput',
  InvalidVersion: 'InvalidVersion',
  /** A conditional write met another revision than was read: read again and decide anew. */
  ConditionFailed: 'ConditionFailed',
  /** Another transaction touched one of the items at the same time. */
  TransactionConflict: 'TransactionConflict',
  ClusterNotFound: 'ClusterNotFound',
  RolloutNotFound: 'RolloutNotFound',
  /** No report or no run of that cluster; reports are kept for ninety days, runs for one. */
  ScanNotFound: 'ScanNotFound',
  /** A stored item does not have the shape that this version of Liftlock knows: nothing is done with it. */
  UnreadableItem: 'UnreadableItem',
  /** The newest anchor of the audit is none, or is about another table: one that followed it would prove nothing. */
  AnchorRefused: 'AnchorRefused',
} as const;
export type ErrorName = (typeof ERROR_NAMES)[keyof typeof ERROR_NAMES];

export function namedError(name: ErrorName, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}

export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : 'UnknownError';
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
