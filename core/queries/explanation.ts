import type { Reason } from '../contracts/step-result.ts';
import type { explainCluster } from './explain-cluster.ts';

/** Why a cluster is or is not upgrading, and when it will. */
export type Explanation = Awaited<ReturnType<typeof explainCluster>>;

/** The part of an explanation that a verdict gives. */
export interface Verdict {
  /** Never empty. */
  readonly reasons: readonly Reason[];
  readonly when: {
    /** Null when no instant is known. */
    readonly at: string | null;
    /** What must happen before, as a sentence; null when nothing will by itself. */
    readonly condition: string | null;
  };
}
