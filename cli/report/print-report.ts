import { visible } from '../../core/model/visible.ts';
import { EXIT, type ExitCode } from '../command/failure.ts';
import type { OutputOption, Session } from '../command/session.ts';
import { listed, print, printLines, tableSection } from '../output/print.ts';
import { markdownTable, markdownText } from '../output/scan/markdown.ts';

export interface PeriodOption extends OutputOption {
  readonly since: string;
}

/** A report for people: its totals, its tables, and what is missing. */
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

/** Prints a report for people, tickets or programs. */
export async function printReport(
  session: Session,
  output: string,
  report: object,
  { title, totals, tables, notRecorded = [] }: ReportWords,
): Promise<ExitCode> {
  if (output !== 'markdown') {
    const shown = tables.flatMap(({ heading, heads, rows: all }) => {
      const rows = all.map((row) => row.map(visible));
      return tableSection(heading, heads, rows, session.io.columns);
    });
    return print(session, output, report, () => [
      ...[totals, ...shown],
      ...listed('Not recorded', notRecorded, (line) => line),
    ]);
  }
  const told = tables.filter(({ rows }) => rows.length > 0);
  const shown = told.flatMap(({ heading, heads, rows }) => {
    const cells = rows.map((row) => row.map((cell) => markdownText(cell)));
    return ['', `### ${heading}`, '', ...markdownTable(heads, cells)];
  });
  const missing = notRecorded.flatMap((line) => ['', markdownText(`Not recorded: ${line}`)]);
  printLines(session, [`## ${title}`, '', markdownText(totals), ...shown, ...missing]);
  return EXIT.ok;
}
