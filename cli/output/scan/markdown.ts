import { visibleLine } from '../../../core/model/visible.ts';
import { counted } from '../../../core/model/words.ts';
import { type FindingGroup, groupByCause } from '../../../core/scan/report/group-findings.ts';
import type { Finding, ScanReport } from '../../../core/scan/report/report-schema.ts';
import { isGap, verdictOfAll } from '../../../core/scan/report/verdict.ts';
import { type Block, blocksOf, reportsOf, type ScanDocument } from './across-hops.ts';
import { objectWords, placeWords, severityWords, verdictWords } from './words.ts';

/** In bytes of UTF-8. GitHub accepts comments of 65,536 characters; GitLab and others accept more. */
export const MOST_BYTES = 60_000;
const MOST_OF_GROUP = 10;
const MOST_REPORTS = 20;
const MOST_GAPS = 10;
/** A bot finds its own comment by it and updates that comment. */
const MARKER = '<!-- liftlock-scan -->';

/** Markdown for a pull request's comment or a job's summary: the counts, then the repairs, folded, as many as fit. */
export function scanMarkdown(document: ScanDocument): string {
  const all = reportsOf(document);
  const reports = all.slice(0, MOST_REPORTS);
  const blocks = blocksOf(document).slice(0, MOST_REPORTS);
  const head = [
    MARKER,
    `### Liftlock scan: ${verdictOfAll(all)}`,
    '',
    ...summaryLines(reports),
    ...(all.length > reports.length ? ['', `… and ${all.length - reports.length} more scans, see \`-o json\`.`] : []),
  ].join('\n');
  // This part is limited to 2 kB for each report. The next parts take the remaining room.
  const verdicts = blocks.map(({ reports: own }) =>
    own
      .slice(0, MOST_REPORTS)
      .map((report) => `\n\n**${report.verdict}**: ${markdownText(verdictWords(report))}\n`)
      .join(''),
  );
  let room = MOST_BYTES - size(head) - size(verdicts.join('')) - 100 * reports.length;
  const sections = blocks.map(({ report, hopsOf }, index) => {
    const share = Math.floor(room / (blocks.length - index));
    const notes = fitting(noteLines(report), (line) => line, share);
    const groups = groupByCause(report.findings);
    const shown = fitting(groups, (group) => groupBlock(group, hopsOf), share - notes.size);
    room -= notes.size + shown.size;
    const left = groups.slice(shown.texts.length).reduce((sum, { findings }) => sum + findings.length, 0);
    const rest = left === 0 ? '' : `\n… and ${left} more, see \`-o json\`.\n`;
    return [verdicts[index], '\n', ...notes.texts, ...shown.texts, rest].join('');
  });
  return `${head}${sections.join('')}`;
}

/** The first items, as many as fit: once one is left out, so are all that matter less. */
function fitting<Item>(
  items: readonly Item[],
  textOf: (item: Item) => string,
  room: number,
): { texts: readonly string[]; size: number } {
  const texts: string[] = [];
  let used = 0;
  for (const item of items) {
    const text = textOf(item);
    if (used + size(text) > room) break;
    used += size(text);
    texts.push(text);
  }
  return { texts, size: used };
}

function summaryLines(reports: readonly ScanReport[]): string[] {
  const head = ['Scanned', 'Target', 'Verdict', 'Errors', 'Warnings', 'Information', 'Waived', 'Not read'];
  const rows = reports.map(({ subject, from, target, verdict, summary }) => {
    const { errors, warnings, infos, waived, gaps } = summary;
    const versions = from === null ? target : `${from} → ${target}`;
    return [markdownCode(subject, 60), versions, verdict, ...[errors, warnings, infos, waived, gaps].map(String)];
  });
  return reports.length === 0 ? ['Nothing was scanned.'] : markdownTable(head, rows);
}

function noteLines({ coverage, waivers, baseline }: ScanReport): string[] {
  const gaps = coverage.filter(isGap);
  const gone = baseline?.gone.length ?? 0;
  const lines = [
    ...gaps
      .slice(0, MOST_GAPS)
      .map(({ what, status, detail }) => `- Not read: ${markdownCode(what)} (${status}) ${markdownText(detail)}`),
    ...(gaps.length > MOST_GAPS ? [`- … and ${gaps.length - MOST_GAPS} more not read`] : []),
    ...waivers.expired.slice(0, MOST_GAPS).map((waiver) => `- Expired waiver: ${markdownText(waiver)}`),
    ...waivers.unused.slice(0, MOST_GAPS).map((waiver) => `- Waiver that covers nothing: ${markdownText(waiver)}`),
    ...(gone === 0 ? [] : [`- ${counted(gone, 'finding')} of the baseline gone: repaired, or not read this time`]),
  ];
  return lines.map((line) => `${line}\n`);
}

function groupBlock({ cause, owner, severity, findings }: FindingGroup, hopsOf: Block['hopsOf']): string {
  const shown = findings.slice(0, MOST_OF_GROUP);
  const fixes = [...new Set(findings.map(({ fix }) => fix))].slice(0, 3);
  const title = `${severity}: ${markdownCode(cause)}${owner === null ? '' : ` ${markdownText(owner)}`}`;
  const head = ['Severity', ...(hopsOf === undefined ? [] : ['Hops']), 'Object', 'Place', 'What happens'];
  return [
    `\n<details><summary>${title}, ${counted(findings.length, 'finding')}</summary>\n`,
    ...markdownTable(
      head,
      shown.map((finding) => findingRow(finding, hopsOf)),
    ),
    ...(findings.length > shown.length ? ['', `… and ${findings.length - shown.length} more.`] : []),
    ...fixes.flatMap((fix) => ['', `Fix: ${markdownText(fix)}`]),
    '\n</details>\n',
  ].join('\n');
}

function findingRow(finding: Finding, hopsOf: Block['hopsOf']): string[] {
  const place = placeWords(finding);
  return [
    severityWords(finding),
    ...(hopsOf === undefined ? [] : [hopsOf(finding)]),
    markdownCode(objectWords(finding)),
    place === undefined ? '' : markdownCode(place),
    markdownText(finding.message),
  ];
}

const size = (text: string): number => Buffer.byteLength(text, 'utf8');

/** Longer texts from others are cut to this number of characters, because a comment has little room. */
const MOST = 300;

/**
 * Text from others inside Markdown or HTML. Every character with a meaning within a line of either is written as a reference, which is never read as
 * structure (CommonMark 0.31, section 6.2). `@` and `#` are separated from the next character, or GitHub would notify people and link issues.
 */
export function markdownText(text: string): string {
  return referenced(shortened(text, MOST).replaceAll(/([@#])(?=\w)/g, '$1\u200b'));
}

/** The same as code: GitHub links no people and issues in code, and the text can be copied unchanged. */
export function markdownCode(text: string, most = MOST): string {
  return `<code>${referenced(shortened(text, most))}</code>`;
}

/** The lines of a table. The cells must have gone through the functions above. */
export const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);

function shortened(text: string, most: number): string {
  const characters = [...visibleLine(text.slice(0, 2 * most + 2).toWellFormed())];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : characters.join('');
}

function referenced(text: string): string {
  return text.replaceAll(/[&<>[\]\\`*_~|#@$]/g, (character) => `&#${character.charCodeAt(0)};`);
}
