import { type FindingGroup, groupByCause } from '../../../core/scan/report/group-findings.ts';
import type { Coverage, Finding, ScanReport } from '../../../core/scan/report/report-schema.ts';
import { fails, isGap } from '../../../core/scan/report/verdict.ts';
import { attribute, type JunitCase, junitXml } from '../junit-xml.ts';
import { reportsOf, type ScanDocument } from './across-hops.ts';
import { objectWords, placeWords, severityWords } from './words.ts';
import { xmlText } from './xml-text.ts';

/**
 * JUnit XML with a suite for each report and a case for each cause. A cause that fails the scan is a failure, one that is waived altogether is
 * skipped, and a part that could not be read is an error, so that CI shows it as failed too.
 */
export function scanJunit(document: ScanDocument): string {
  const suites = reportsOf(document).map((report) => {
    return { name: `${report.subject} for ${report.target}`, at: report.scannedAt, cases: casesOf(report) };
  });
  return junitXml('liftlock scan', suites);
}

function casesOf(report: ScanReport): JunitCase[] {
  const cases = [
    ...groupByCause(report.findings).map((group) => groupCase(group, report.failOn)),
    ...report.coverage.filter(isGap).map(gapCase),
  ];
  // Many readers reject a suite without cases.
  const empty: JunitCase = { name: 'nothing found', className: 'findings', outcome: 'passed', content: '' };
  return cases.length === 0 ? [empty] : cases;
}

function groupCase({ cause, owner, findings }: FindingGroup, failOn: ScanReport['failOn']): JunitCase {
  const named = { name: cause, className: owner === null ? 'findings' : `findings.${owner}` };
  const text = findings.map(findingText).join('\n');
  const [failing, ...more] = findings.filter((finding) => fails(finding, failOn));
  if (failing !== undefined) {
    const message = more.length === 0 ? failing.message : `${failing.message} (and ${more.length} more)`;
    const attributes = `${attribute('type', failing.reason)}${attribute('message', message)}`;
    return { ...named, outcome: 'failures', content: `<failure${attributes}>${xmlText(text)}</failure>` };
  }
  if (findings.every(({ waived }) => waived)) {
    const waivers = [...new Set(findings.map(({ waiver }) => waiver))].join(', ');
    return { ...named, outcome: 'skipped', content: `<skipped${attribute('message', `waived: ${waivers}`)}/>` };
  }
  return { ...named, outcome: 'passed', content: `<system-out>${xmlText(text)}</system-out>` };
}

function findingText(finding: Finding): string {
  const place = placeWords(finding);
  const lines = [
    `${severityWords(finding)}: ${objectWords(finding)}${place === undefined ? '' : ` (${place})`}: ${finding.message}`,
    ...finding.evidence.map((evidence) => `  seen: ${evidence}`),
    `  fix: ${finding.fix}`,
  ];
  return lines.join('\n');
}

function gapCase({ what, source, status, detail }: Coverage): JunitCase {
  const attributes = `${attribute('type', status)}${attribute('message', detail === '' ? 'It was not read.' : detail)}`;
  const className = `coverage.${source ?? 'scan'}`;
  return { name: what, className, outcome: 'errors', content: `<error${attributes}/>` };
}
