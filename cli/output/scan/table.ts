import { dirname } from 'node:path';
import { visibleLine } from '../../../core/model/visible.ts';
import { counted } from '../../../core/model/words.ts';
import { type FindingGroup, groupByCause } from '../../../core/scan/report/group-findings.ts';
import type { Finding, ScanReport } from '../../../core/scan/report/report-schema.ts';
import { isGap, verdictOfAll } from '../../../core/scan/report/verdict.ts';
import type { Paint, Style } from '../../command/io.ts';
import { tableLines } from '../print.ts';
import { type Block, blocksOf, reportsOf, type ScanDocument } from './across-hops.ts';
import { listWords, objectWords, placeWords, ruleWords, severityWords, VERDICT_STYLES, verdictWords } from './words.ts';

/** Limits for a terminal, because longer lists are not read there. */
const MOST_OF_GROUP = 10;
const MOST_OF_REPORT = 200;
const MOST_GAPS = 20;
const MOST_UNCOUNTED = 50;
const MOST_COUNTS = 5;

const SEVERITY_STYLES: Readonly<Record<Finding['severity'], Style>> = { error: 'red', warning: 'yellow', info: 'dim' };

/** Text for a terminal: groups of one cause, the worst first, each with its repair; the verdict is the last line. */
export function scanTable(document: ScanDocument, { paint, columns }: { paint: Paint; columns?: number }): string[] {
  const reports = reportsOf(document);
  const lines = blocksOf(document).flatMap((block, index) => [...(index === 0 ? [] : ['']), ...blockLines(block)]);
  if (document.kind === 'ScanReport') return lines;
  return [...lines, '', verdictLine(verdictOfAll(reports), listWords(reports))];

  function blockLines({ report, reports: own, hopsOf }: Block): string[] {
    const versions = report.from === null ? `for ${report.target}` : `${report.from} → ${report.target}`;
    return [
      paint('bold', `${visibleLine(report.subject)}  ${versions}`),
      '',
      ...countLines(report),
      ...findingLines(report, hopsOf),
      ...noteLines(report),
      ...gapLines(report),
      ...own.map((one) => verdictLine(one.verdict, verdictWords(one))),
    ];
  }

  function findingLines({ findings }: ScanReport, hopsOf: Block['hopsOf']): string[] {
    const groups = shownGroups(findings);
    const shown = groups.flatMap((group) => group.shown);
    if (shown.length === 0) return [];
    // One table aligns the columns of all groups; it is split into groups afterwards.
    const places = shown.some((finding) => finding.location !== null);
    const headers = [
      '  SEVERITY',
      ...(hopsOf === undefined ? [] : ['HOPS']),
      'OBJECT',
      ...(places ? ['PLACE'] : []),
      'WHAT',
    ];
    const rows = shown.map((finding) => [
      `  ${severityOf(finding)}`,
      ...(hopsOf === undefined ? [] : [hopsOf(finding)]),
      visibleLine(objectWords(finding)),
      ...(places ? [visibleLine(placeWords(finding) ?? '-')] : []),
      visibleLine(finding.message),
    ]);
    const [header = '', ...body] = tableLines(headers, rows, columns);
    const lines = [header];
    let position = 0;
    for (const { group, shown: members } of groups) {
      lines.push(heading(group), ...body.slice(position, position + members.length), ...tail(group, members), '');
      position += members.length;
    }
    const left = findings.length - groups.reduce((sum, { group }) => sum + group.findings.length, 0);
    return left === 0 ? lines : [...lines, `… and ${left} more in other groups, see -o json`, ''];
  }

  function severityOf(finding: Finding): string {
    const words = severityWords(finding);
    return finding.waived || finding.new === false
      ? paint('dim', words)
      : paint(SEVERITY_STYLES[finding.severity], words);
  }

  function heading({ cause, owner, findings }: FindingGroup): string {
    const size = findings.length === 1 ? '' : `  ${findings.length} findings`;
    return `${paint('bold', visibleLine(cause))}${owner === null ? '' : `  ${visibleLine(owner)}`}${size}`;
  }

  function verdictLine(verdict: ScanReport['verdict'], words: string): string {
    return `${paint(VERDICT_STYLES[verdict], verdict.toUpperCase())}: ${visibleLine(words)}`;
  }
}

/** The most frequent values, where a report is too long to read. */
function countLines({ findings }: ScanReport): string[] {
  if (findings.length <= MOST_UNCOUNTED) return [];
  const by = (of: (finding: Finding) => string | null): string => {
    const counts = [...Map.groupBy(findings, of)].sort(([, a], [, b]) => b.length - a.length);
    const most = counts.slice(0, MOST_COUNTS).map(([what, { length }]) => `${what ?? 'none named'} ${length}`);
    return [...most, ...(counts.length > MOST_COUNTS ? [`${counts.length - MOST_COUNTS} others`] : [])].join(', ');
  };
  return [
    `${findings.length} findings`,
    `  by API: ${by(({ apiVersion, kind }) => [apiVersion, kind].filter((word) => word !== null).join(' ') || null)}`,
    `  by rule: ${by(ruleWords)}`,
    `  by owner: ${by(({ owner }) => owner)}`,
    `  by folder: ${by(({ location }) => (location === null ? null : dirname(location.file)))}`,
    '',
  ].map(visibleLine);
}

function shownGroups(findings: readonly Finding[]): { group: FindingGroup; shown: readonly Finding[] }[] {
  let room = MOST_OF_REPORT;
  return groupByCause(findings).flatMap((group) => {
    const shown = group.findings.slice(0, Math.min(MOST_OF_GROUP, room));
    room -= shown.length;
    return shown.length === 0 ? [] : [{ group, shown }];
  });
}

/** The number of cut findings, then each repair once. */
function tail({ findings }: FindingGroup, shown: readonly Finding[]): string[] {
  const left = findings.length - shown.length;
  const fixes = [...new Set(findings.map(({ fix }) => fix))];
  return [
    ...(left === 0 ? [] : [`  … and ${left} more, see -o json`]),
    ...fixes.slice(0, 3).map((fix) => `    fix: ${visibleLine(fix)}`),
    ...(fixes.length > 3 ? [`    … and ${counted(fixes.length - 3, 'more repair')}`] : []),
  ];
}

/** Why each part was not read, and what to do about it. */
function gapLines({ coverage }: ScanReport): string[] {
  const gaps = coverage.filter(isGap);
  if (gaps.length === 0) return [];
  const more = gaps.length > MOST_GAPS ? [`  … and ${gaps.length - MOST_GAPS} more, see -o json`] : [];
  return [
    'Not read',
    ...gaps.slice(0, MOST_GAPS).map(({ what, detail }) => `  ${visibleLine(`${what}: ${detail}`)}`),
    ...more,
    '',
  ];
}

function noteLines({ waivers, baseline }: ScanReport): string[] {
  const gone = baseline?.gone.length ?? 0;
  const notes = [
    ...waivers.expired.map((waiver) => `Expired waiver: ${waiver}`),
    ...waivers.unused.map((waiver) => `Waiver that covers nothing: ${waiver}`),
    ...(gone === 0 ? [] : [`${counted(gone, 'finding')} of the baseline gone: repaired, or not read this time`]),
  ];
  return notes.length === 0 ? [] : [...notes.map(visibleLine), ''];
}
