import type { Source } from '../../core/contracts/scan-words.ts';
import type { ScanFormat } from '../output/scan/print-scan.ts';
import type { InsightOptions } from './collect-insights.ts';
import type { TargetOptions } from './targets.ts';

/** The options of `liftlock scan`, as commander gives them. */
export interface ScanOptions extends TargetOptions, InsightOptions {
  readonly manifests?: readonly string[];
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly skip: readonly (Source | 'not-rendered')[];
  readonly failOn: 'removed' | 'deprecated' | 'none';
  readonly waivers: readonly string[];
  readonly baseline?: string;
  readonly output: ScanFormat;
  readonly requestsPerSecond: number;
}
