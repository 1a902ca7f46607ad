import type { Reason } from '../contracts/step-result.ts';

/** What the parts of a scan collect. */
export interface Findings {
  readonly blockers: Reason[];
  readonly notes: Reason[];
}
