import type { Observation } from '../../core/scan/judge/observation.ts';
import type { Coverage } from '../../core/scan/report/report-schema.ts';

/** What the sources of one scan gave, before anybody asks about a target. */
export interface Collected {
  readonly subject: string;
  /** Every name that the cluster goes by, for waivers; empty for manifests. */
  readonly clusters: readonly string[];
  /** `v1.35.2-eks-abc`; undefined for manifests, and when it could not be read. */
  readonly serverVersion?: string;
  readonly observations: readonly Observation[];
  readonly coverage: readonly Coverage[];
  readonly interrupted: boolean;
}
