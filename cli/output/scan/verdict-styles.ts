import type { ScanReport } from '../../../core/scan/report/report-schema.ts';
import type { Style } from '../paint.ts';

export const VERDICT_STYLES: Readonly<Record<ScanReport['verdict'], Style>> = {
  pass: 'green',
  fail: 'red',
  incomplete: 'yellow',
};
