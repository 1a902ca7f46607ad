/** Error names are API: ASL `Retry` and `Catch`, alarms and exit codes match on them. */
type ErrorName =
  /** The input of an execution or an API call is not usable; the message names every bad member. */
  | 'InvalidInput'
  | 'InvalidVersion'
  /** A conditional write found another revision than the one that was read. The caller reads again and decides anew. */
  | 'ConditionFailed'
  /** Another transaction changed one of the items at the same time. */
  | 'TransactionConflict'
  /** A transaction that can never succeed. A retry is useless, unlike after `ConditionFailed`. */
  | 'InvalidTransaction'
  /** The organization of the Fleet no longer lists an account, so nobody looks there. */
  | 'AccountLeft'
  /** The hub's account belongs to another organization than the Fleet names, so none of its accounts belongs to the Fleet. */
  | 'OtherOrganization'
  | 'ClusterNotFound'
  | 'RolloutNotFound'
  /** The cluster has no such report or run. Reports are kept for ninety days, runs for one day. */
  | 'ScanNotFound'
  /** A stored item does not have the shape that this version of Liftlock knows, so nothing is done with it. */
  | 'UnreadableItem'
  /** The newest anchor of the audit is invalid, or belongs to another table. An anchor after it would prove nothing. */
  | 'AnchorRefused'
  /** A value that JSON cannot represent has no hash. */
  | 'NotCanonicalizable'
  /** An answer of AWS lacks a promised member, and nothing is decided on a guess. */
  | 'IncompleteAnswer'
  /** A read was given up, because a function must write its results in the remaining time. */
  | 'TimeIsUp'
  | 'QueueSendFailed'
  /** A query of rates is wrong or not allowed. A retry is useless. */
  | 'QueryRefused'
  | 'UrlRefused'
  | 'UrlUnreachable'
  | 'SecretUnreadable'
  | 'SecretEmpty'
  | 'MissingEnvironment'
  | 'HandlerMissing'
  | 'InvalidSettings';

export const namedError = (name: ErrorName, message: string): Error => Object.assign(new Error(message), { name });

export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : 'UnknownError';
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The id that AWS gave the request which it answered with an error; undefined for errors that are not from AWS. */
export function requestIdOf(error: unknown): string | undefined {
  const { $metadata } = (error ?? {}) as { readonly $metadata?: { readonly requestId?: unknown } };
  return typeof $metadata?.requestId === 'string' ? $metadata.requestId : undefined;
}
