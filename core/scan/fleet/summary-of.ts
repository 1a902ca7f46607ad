import type { ScanSummary } from '../../contracts/items/scan.ts';
import type { ScanReport } from '../report/report-schema.ts';
import { isGap } from '../report/verdict.ts';

const MOST = 20;
const LONGEST_DETAIL = 300;

/** What lists and trends show of a report. */
export function summaryOf(
  report: ScanReport,
  { clusterKey, execution, parts }: Pick<ScanSummary, 'clusterKey' | 'execution' | 'parts'>,
): ScanSummary {
  const { errors, warnings, infos, waived, read, gaps } = report.summary;
  const counts = new Map(report.findings.filter(({ waived: is }) => !is).map(({ id, severity }) => [id, severity]));
  const causes = report.groups.flatMap(({ cause, owner, findings }) => {
    const own = findings.filter((id) => counts.has(id));
    const severities = own.map((id) => counts.get(id));
    const severity = severities.includes('error') ? 'error' : 'warning';
    if (!severities.includes(severity)) return [];
    return [{ cause, ...(owner === null ? {} : { owner }), severity, findings: own.length } as const];
  });
  const unread = report.coverage.filter(isGap).map(({ what, source, status, detail }) => {
    return { what, ...(source === null ? {} : { source }), status, detail: detail.slice(0, LONGEST_DETAIL) };
  });
  return {
    clusterKey,
    scannedAt: report.scannedAt,
    execution,
    from: report.from ?? '',
    target: report.target,
    verdict: report.verdict,
    ...{ errors, warnings, infos, waived, read, gaps },
    causes: causes.slice(0, MOST),
    unread: unread.slice(0, MOST),
    dataUpdatedOn: report.data.updatedOn,
    parts,
  };
}
