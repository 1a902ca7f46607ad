import { type FindingGroup, groupByCause } from '../../../core/scan/report/group-findings.ts';
import type { Coverage, Finding, ScanReport } from '../../../core/scan/report/report-schema.ts';
import { fails, isGap } from '../../../core/scan/report/verdict.ts';
import { reportsOf, type ScanDocument } from './across-hops.ts';
import { objectWords, placeWords, severityWords } from './words.ts';
import { xmlAttribute, xmlText } from './xml-text.ts';

interface Case {
  readonly name: string;
  readonly className: string;
  readonly outcome: 'passed' | 'failures' | 'errors' | 'skipped';
  readonly content: string;
}

/**
 * JUnit XML as CI systems read it: a suite for each report, a case for each cause. What fails the scan is a failure, what is waived
 * altogether is skipped, and what could not be read is an error, so that it is red too.
 */
export function scanJunit(document: ScanDocument): string {
  const scans = reportsOf(document).map((report) => ({ report, cases: casesOf(report) }));
  const suites = scans.map(({ report, cases }) => suite(report, cases));
  const all = scans.flatMap(({ cases }) => cases);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="liftlock scan"${counts(all)}>\n${suites.join('')}</testsuites>\n`;
}

function suite({ subject, target, scannedAt }: ScanReport, cases: readonly Case[]): string {
  const name = attribute('name', `${subject} for ${target}`);
  // The schema that most readers follow allows no zone and no fraction.
  const timestamp = attribute('timestamp', scannedAt.slice(0, 19));
  const lines = cases.map(({ name, className, content }) => {
    const head = `    <testcase${attribute('classname', className)}${attribute('name', name)} time="0"`;
    return content === '' ? `${head}/>\n` : `${head}>${content}</testcase>\n`;
  });
  return `  <testsuite${name}${counts(cases)}${timestamp} time="0">\n${lines.join('')}  </testsuite>\n`;
}

function counts(cases: readonly Case[]): string {
  const count = (outcome: Case['outcome']) => String(cases.filter((item) => item.outcome === outcome).length);
  return [
    attribute('tests', String(cases.length)),
    ...(['failures', 'errors', 'skipped'] as const).map((outcome) => attribute(outcome, count(outcome))),
  ].join('');
}

function casesOf(report: ScanReport): Case[] {
  const cases = [
    ...groupByCause(report.findings).map((group) => groupCase(group, report.failOn)),
    ...report.coverage.filter(isGap).map(gapCase),
  ];
  // Many readers take a suite without cases for a broken one.
  const empty: Case = { name: 'nothing found', className: 'findings', outcome: 'passed', content: '' };
  return cases.length === 0 ? [empty] : cases;
}

function groupCase({ cause, owner, findings }: FindingGroup, failOn: ScanReport['failOn']): Case {
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

function gapCase({ what, source, status, detail }: Coverage): Case {
  const attributes = `${attribute('type', status)}${attribute('message', detail === '' ? 'It was not read.' : detail)}`;
  const className = `coverage.${source ?? 'scan'}`;
  return { name: what, className, outcome: 'errors', content: `<error${attributes}/>` };
}

function attribute(name: string, value: string): string {
  return ` ${name}="${xmlAttribute(value)}"`;
}
