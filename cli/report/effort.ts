import { visible } from '../../core/model/visible.ts';
import type { EffortReport } from '../../core/queries/effort-report.ts';
import { EXIT, type ExitCode, type Session } from '../command/session.ts';
import { counted, print, printLines, section, table } from '../output/print.ts';
import { markdownRow, markdownText } from '../output/scan/markdown.ts';
import type { PeriodOption } from './readiness.ts';

/** What upgrades have cost people and have waited for, against the period of equal length before. */
export async function reportEffort(session: Session, { since, output }: PeriodOption): Promise<ExitCode> {
  const client = await session.client();
  const report = await client.v1.reports.effort.$get({ query: { since } });
  if (output === 'markdown') printLines(session, markdownOf(report));
  else await print(session, output, report, () => textOf(report));
  return EXIT.ok;
}

const HEADS = ['HOP', 'TEAM', 'WHAT', 'NOW', 'BEFORE'];

function parts({ acts, waits }: EffortReport): [string, string[][]][] {
  const cells = (
    { hop, team, now, before }: EffortReport['acts'][number] | EffortReport['waits'][number],
    what: string,
  ): string[] => [hop ?? '-', team ?? '-', what, String(now), String(before)];
  return [
    ['What people did, times', acts.map((row) => cells(row, row.act))],
    ['What was waited for, minutes', waits.map((row) => cells(row, row.cause))],
  ];
}

function totals({ since, until, before, acts, waits }: EffortReport): string {
  const sum = (rows: readonly { now: number; before: number }[], name: 'now' | 'before') =>
    rows.reduce((total, row) => total + row[name], 0);
  const told = (name: 'now' | 'before') =>
    `${counted(sum(acts, name), 'act')}, ${counted(sum(waits, name), 'minute')} waited`;
  return `From ${since} to ${until}: ${told('now')}. From ${before} to ${since}: ${told('before')}.`;
}

const missing = ({ notRecorded, unread }: EffortReport): string[] => [
  ...notRecorded,
  ...(unread === 0 ? [] : [`What happened to ${counted(unread, 'cluster')} was not read, since there are too many.`]),
];

const textOf = (report: EffortReport): string[] => [
  totals(report),
  ...parts(report).flatMap(([heading, rows]) => {
    const text = table(
      HEADS,
      rows.map((row) => row.map(visible)),
    );
    return section(heading, rows.length === 0 ? [] : text.trimEnd().split('\n'));
  }),
  ...section(
    'Not recorded',
    missing(report).map((line) => `  ${line}`),
  ),
];

const markdownOf = (report: EffortReport): string[] => [
  ...['## Effort', '', markdownText(totals(report))],
  ...parts(report).flatMap(([heading, rows]) => [
    ...['', `### ${heading}`, '', markdownRow(HEADS), markdownRow(HEADS.map(() => '---'))],
    ...rows.map((row) => markdownRow(row.map(markdownText))),
  ]),
  ...missing(report).flatMap((line) => ['', markdownText(`Not recorded: ${line}`)]),
];
