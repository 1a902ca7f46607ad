/** Error names are API: ASL `Retry` and `Catch`, alarms and exit codes match on them. */
type ErrorName =
  /** The input of an execution or of an API call is not usable; the message names every bad member. */
  | 'InvalidInput'
  | 'InvalidVersion'
  /** A conditional write met another revision than was read: read again and decide anew. */
  | 'ConditionFailed'
  /** Another transaction touched one of the items at the same time. */
  | 'TransactionConflict'
  /** A transaction that can never succeed: trying again is no use, unlike after `ConditionFailed`. */
  | 'InvalidTransaction'
  /** The organization of the Fleet does not list an account any more: nobody looks there. */
  | 'AccountLeft'
  /** The hub's account is of another organization than the Fleet names: none of its accounts is the Fleet's. */
  | 'OtherOrganization'
  | 'ClusterNotFound'
  | 'RolloutNotFound'
  /** No report or no run of that cluster; reports are kept for ninety days, runs for one. */
  | 'ScanNotFound'
  /** A stored item does not have the shape that this version of Liftlock knows: nothing is done with it. */
  | 'UnreadableItem'
  /** The newest anchor of the audit is none, or is about another table: one that followed it would prove nothing. */
  | 'AnchorRefused'
  /** A value that JSON cannot say has no hash. */
  | 'NotCanonicalizable'
  /** An answer of AWS lacks what it promises: nothing is decided on a guess. */
  | 'IncompleteAnswer'
  /** What was read is no longer waited for: what remains to be written has to be written. */
  | 'TimeIsUp'
  | 'QueueSendFailed'
  /** A query of rates that is at fault, or that nobody may ask: asking again is no use. */
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

/** How AWS names the request that it answered with an error; undefined where it was none of AWS's. */
export function requestIdOf(error: unknown): string | undefined {
  const { $metadata } = (error ?? {}) as { readonly $metadata?: { readonly requestId?: unknown } };
  return typeof $metadata?.requestId === 'string' ? $metadata.requestId : undefined;
}
