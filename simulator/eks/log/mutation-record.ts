/** One accepted mutating call, for the invariants. Times are epoch milliseconds. */
export interface MutationRecord {
  at: number;
  principal: string;
  /** CloudTrail's name of the caller, where that is not the principal. */
  session?: string;
  account: string;
  region: string;
  clusterArn: string;
  clusterCreatedAt: number;
  operation: string;
  /** The request as sent, with the token. */
  request: Record<string, unknown>;
  /** Absent for calls that start no update (TagResource, those that create or delete). */
  updateId?: string;
  /** A repetition of the same token with the same parameters, which started nothing. */
  replay: boolean;
}

/** One mutating call that EKS refused, with the error's name. */
export interface RefusedMutation {
  at: number;
  principal: string;
  account: string;
  region: string;
  operation: string;
  request: Record<string, unknown>;
  error: string;
}
