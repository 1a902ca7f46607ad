import type { Source } from '../../core/contracts/scan-words.ts';
import type { Observation } from '../../core/scan/judge/observation.ts';
import type { Coverage } from '../../core/scan/report/report-schema.ts';
import type { ScanFormat } from '../output/scan/print-scan.ts';
import type { InsightOptions } from './collect-insights.ts';
import type { TargetOptions } from './targets.ts';

/** The options of `liftlock scan`, as commander gives them. */
export interface ScanOptions extends TargetOptions, InsightOptions {
  readonly manifests?: readonly string[];
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly skip: readonly (Source | 'not-rendered')[];
  readonly render?: boolean;
  readonly only: readonly string[];
  readonly failOn: 'removed' | 'deprecated' | 'none';
  readonly waivers: readonly string[];
  readonly list: readonly string[];
  readonly baseline?: string;
  readonly output: ScanFormat;
  readonly requestsPerSecond: number;
}

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
