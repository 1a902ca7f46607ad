import { visible } from '../../core/model/visible.ts';
import { EXIT, type ExitCode, type OutputOption, type Session } from '../command/session.ts';
import { print, printLines, section, tableLines } from '../output/print.ts';
import { markdownRow, markdownText } from '../output/scan/markdown.ts';

export interface PeriodOption extends OutputOption {
  readonly since: string;
}

/** A report as people read it: what it comes to, its tables, and what it lacks. */
interface ReportWords {
  readonly title: string;
  readonly totals: string;
  readonly tables: readonly {
    readonly heading: string;
    readonly heads: readonly string[];
    readonly rows: string[][];
  }[];
  readonly notRecorded?: readonly string[];
}

/** For people, tickets or programs. */
export async function printReport(
  session: Session,
  output: string,
  report: object,
  { title, totals, tables, notRecorded = [] }: ReportWords,
): Promise<ExitCode> {
  const told = tables.filter(({ rows }) => rows.length > 0);
  if (output !== 'markdown') {
    const shown = told.flatMap(({ heading, heads, rows }) =>
      section(
        heading,
        tableLines(
          heads,
          rows.map((row) => row.map(visible)),
          session.io.columns,
        ),
      ),
    );
    const missing = section(
      'Not recorded',
      notRecorded.map((line) => `  ${line}`),
    );
    return print(session, output, report, () => [totals, ...shown, ...missing]);
  }
  const shown = told.flatMap(({ heading, heads, rows }) => [
    ...['', `### ${heading}`, '', markdownRow(heads), markdownRow(heads.map(() => '---'))],
    ...rows.map((row) => markdownRow(row.map(markdownText))),
  ]);
  const missing = notRecorded.flatMap((line) => ['', markdownText(`Not recorded: ${line}`)]);
  printLines(session, [`## ${title}`, '', markdownText(totals), ...shown, ...missing]);
  return EXIT.ok;
}
