import type { Reason } from '../contracts/step-result.ts';

/** What something that a person asks for would do to one cluster, or what of it has begun. */
export interface AskedPlan {
  readonly cluster: string;
  readonly clusterKey: string;
  readonly status: 'Blocked' | 'NotApproved' | 'Started';
  /** Why it may not start now; empty when it may. */
  readonly refusals: readonly Reason[];
  /** Null while nothing was started. */
  readonly execution: string | null;
}

/** The plan of a hop, up or back. */
export interface AskedHop extends AskedPlan {
  readonly from: string;
  readonly to: string;
  /** Steps of each hop, in order, as sentences. */
  readonly checks: readonly string[];
  readonly notes: readonly Reason[];
}
