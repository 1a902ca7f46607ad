import { visibleLine } from '../../../core/model/visible.ts';
import { isGap } from '../../../core/scan/report/verdict.ts';
import { type Block, blocksOf, type ScanDocument } from './across-hops.ts';
import { placeWords, ruleWords, severityWords } from './words.ts';

const COLUMNS = ['scanned', 'target', 'severity', 'rule', 'apiVersion', 'kind', 'namespace', 'name', 'place', 'owner'];
const HEADERS = [...COLUMNS, 'cause', 'what', 'fix', 'id'];

/** For spreadsheets (RFC 4180): a line for each finding (one for all hops of a subject), and one of severity `not read` for each gap. */
export const scanCsv = (document: ScanDocument): string =>
  [HEADERS, ...blocksOf(document).flatMap(rowsOf)].map((row) => `${row.map(cell).join(',')}\r\n`).join('');

function rowsOf({ report, hopsOf }: Block): (string | null)[][] {
  const { subject, target, findings, coverage } = report;
  return [
    ...findings.map((one) => [
      ...[
        subject,
        hopsOf?.(one) ?? target,
        severityWords(one),
        ruleWords(one),
        one.apiVersion,
        one.kind,
        one.namespace,
        one.name,
      ],
      ...[placeWords(one) ?? null, one.owner, one.cause, one.message, one.fix, one.id],
    ]),
    ...coverage
      .filter(isGap)
      .map(({ what, detail }) => [
        ...[subject, target, 'not read', null, null, null, null, null, null, null],
        ...[what, detail, null, null],
      ]),
  ];
}

/** Spreadsheets run a cell that begins like a formula; an apostrophe before it makes it text (OWASP, CSV injection). */
function cell(value: string | null): string {
  const line = visibleLine(value ?? '');
  const text = /^[=+\-@]/.test(line) ? `'${line}` : line;
  return /[",]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
