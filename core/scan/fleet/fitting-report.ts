import { packText } from '../../store/packed-text.ts';
import type { ScanReport } from '../report/report-schema.ts';

/** Base64 characters of a report that is kept whole. */
const MOST_CHARACTERS = 2_000_000;

/** A report that is too large to keep loses its last findings, those that matter least, and says so. Counts and verdict stay. */
export async function fittingReport(whole: ScanReport): Promise<{ report: ScanReport; text: string }> {
  let report = whole;
  for (;;) {
    const text = JSON.stringify(report);
    const size = (await packText(text)).reduce((sum, part) => sum + part.length, 0);
    if (size <= MOST_CHARACTERS || report.findings.length === 0) return { report, text };
    report = cut(whole, Math.floor(report.findings.length * Math.min(0.9, MOST_CHARACTERS / size)));
  }
}

function cut(whole: ScanReport, count: number): ScanReport {
  const findings = whole.findings.slice(0, count);
  const kept = new Set(findings.map(({ id }) => id));
  const groups = whole.groups.flatMap((group) => {
    const left = group.findings.filter((id) => kept.has(id));
    return left.length === 0 ? [] : [{ ...group, findings: left }];
  });
  const left = whole.findings.length - count;
  const detail = `${left} findings were left out, those that matter least: the report is too large to keep. They are counted.`;
  const note = { what: 'findings of this report', source: null, status: 'skipped', detail, count: 0 } as const;
  return { ...whole, findings, groups, coverage: [...whole.coverage, note] };
}
