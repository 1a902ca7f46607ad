import { buildReport, type ReportParts } from '../../../core/scan/report/build-report.ts';
import type { ScanReport } from '../../../core/scan/report/report-schema.ts';
import { covered, judged } from './findings.ts';

/** A report of one manifest for 1.36, unless told otherwise. */
export function reportOf(changes: Partial<ReportParts> = {}): ScanReport {
  return buildReport({
    subject: 'deploy',
    from: null,
    target: '1.36',
    failOn: 'removed',
    clusters: [],
    findings: [judged()],
    coverage: [covered()],
    data: { newestMinor: '1.37', updatedOn: '2026-11-01' },
    scannedAt: new Date('2026-11-20T08:00:00Z'),
    ...changes,
  });
}
