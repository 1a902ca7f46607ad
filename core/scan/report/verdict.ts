import type { Coverage, Finding, ScanReport, ScanReportList } from './report-schema.ts';

type Verdict = ScanReport['verdict'];

const FAILING: Readonly<Record<ScanReport['failOn'], readonly Finding['severity'][]>> = {
  removed: ['error'],
  deprecated: ['error', 'warning'],
  none: [],
};

/** Sources of problems with the hop itself, for every `failOn`, which is about APIs. */
export const OF_THE_CLUSTER: readonly Finding['source'][] = ['eks', 'server', 'insight', 'drain', 'capacity'];

/** Whether a finding fails the scan: it is neither waived nor known to the baseline, and as severe as `failOn` says. */
export function fails(
  { severity, waived, new: isNew, source, reason }: Pick<Finding, 'severity' | 'waived' | 'new' | 'source' | 'reason'>,
  failOn: ScanReport['failOn'],
): boolean {
  if (waived || isNew === false) return false;
  const always = severity === 'error' && (OF_THE_CLUSTER.includes(source) || reason === 'version-skew');
  return always || FAILING[failOn].includes(severity);
}

/** Whether something that should have been read was not. A part that is left out on purpose is no gap. */
export function isGap({ status }: Pick<Coverage, 'status'>): boolean {
  return status === 'denied' || status === 'error' || status === 'not-rendered';
}

/** fail comes before incomplete, and incomplete before pass. */
export function verdictOf(
  findings: readonly Finding[],
  coverage: readonly Coverage[],
  failOn: ScanReport['failOn'],
): Verdict {
  if (findings.some((finding) => fails(finding, failOn))) return 'fail';
  return coverage.some(isGap) ? 'incomplete' : 'pass';
}

/** The worst verdict. An empty list is incomplete, because nothing was read. */
export function verdictOfAll(reports: readonly Pick<ScanReport, 'verdict'>[]): Verdict {
  const verdicts = reports.map(({ verdict }) => verdict);
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.length === 0 || verdicts.includes('incomplete') ? 'incomplete' : 'pass';
}

/** The exit code of the command, as docs/scan.md promises to scripts. */
export function exitCodeOf(document: ScanReport | ScanReportList): 0 | 3 | 4 {
  const verdict = verdictOfAll(document.kind === 'ScanReportList' ? document.items : [document]);
  return ({ pass: 0, fail: 3, incomplete: 4 } as const)[verdict];
}
