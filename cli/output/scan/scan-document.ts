import type { ScanReport, ScanReportList } from '../../../core/scan/report/report-schema.ts';

/** What a scan gives: one report, or a list of several targets or clusters. */
export type ScanDocument = ScanReport | ScanReportList;

export function reportsOf(document: ScanDocument): readonly ScanReport[] {
  return document.kind === 'ScanReportList' ? document.items : [document];
}
