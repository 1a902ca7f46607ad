import type { Reason } from '../contracts/step-result.ts';

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
