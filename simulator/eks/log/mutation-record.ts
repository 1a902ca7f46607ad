/** One accepted mutating call, as the invariants need it. Times are epoch milliseconds. */
export interface MutationRecord {
  at: number;
  principal: string;
  /** As CloudTrail names the caller, where that is not the principal. */
  session?: string;
  account: string;
  region: string;
  clusterArn: string;
  clusterCreatedAt: number;
  operation: string;
  /** As it was sent, token included. */
  request: Record<string, unknown>;
  /** Absent for calls that start no update (TagResource, those that create or delete). */
  updateId?: string;
  /** The same token with the same parameters came again: nothing new was started. */
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
