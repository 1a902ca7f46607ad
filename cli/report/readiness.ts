import type { ReadinessVerdict } from '../../core/contracts/scan-words.ts';
import { visible } from '../../core/model/visible.ts';
import type { ClusterReadiness, ReadinessReport } from '../../core/queries/readiness-report.ts';
import { EXIT, type ExitCode, type OutputOption, type Session } from '../command/session.ts';
import { print, printLines, section, table } from '../output/print.ts';
import { markdownCode, markdownRow, markdownText } from '../output/scan/markdown.ts';
import { READINESS_WORDS } from '../verbs/columns.ts';

export interface PeriodOption extends OutputOption {
  readonly since: string;
}

/** Since when clusters are stopped and by what, how that ended, and how many were ready from day to day. */
export async function reportReadiness(session: Session, { since, output }: PeriodOption): Promise<ExitCode> {
  const client = await session.client();
  const report = await client.v1.reports.readiness.$get({ query: { since } });
  if (output === 'markdown') printLines(session, markdownOf(report));
  else await print(session, output, report, () => textOf(report));
  return EXIT.ok;
}

const COUNTED = ['ready', 'blocked', 'incomplete', 'stale'] as const satisfies readonly ReadinessVerdict[];
const TREND = ['DAY', ...COUNTED.map((verdict) => READINESS_WORDS[verdict].toUpperCase())];
/** A longer period is told week by week: by the last look of every seventh day, counted from the last. */
const MOST_DAYS = 31;

function trendOf({ days }: ReadinessReport): string[][] {
  const shown = days.length <= MOST_DAYS ? days : days.filter((_, index) => (days.length - 1 - index) % 7 === 0);
  return shown.map(({ date, counts }) => [date, ...COUNTED.map((verdict) => String(counts[verdict] ?? 0))]);
}

const CAUSES = ['CLUSTER', 'OWNER', 'FOR', 'CAUSE', 'SINCE', 'UNTIL', 'HOW'];

const causesOf = ({ clusters }: ReadinessReport): string[][] =>
  clusters.flatMap(({ cluster, causes, ended }) => [
    ...causes.map((one) => [cluster, one.owner ?? '-', one.target, one.cause, one.since, '-', 'stops it']),
    ...ended.map((one) => [cluster, one.owner ?? '-', one.target, one.cause, one.since, one.until, howText(one)]),
  ]);

const ENDS: Readonly<Record<ClusterReadiness['ended'][number]['how'], string>> = {
  upgraded: 'upgraded past it',
  waived: 'waived',
  noLongerThere: 'no longer there; who mended it is not recorded',
  clusterDeleted: 'the cluster was deleted',
};

const howText = ({ how, by }: ClusterReadiness['ended'][number]): string =>
  by === undefined ? ENDS[how] : `${ENDS[how]} by ${by}`;

function totals({ since, until, clusters, left }: ReadinessReport): string {
  const stopped = clusters.filter(({ causes }) => causes.length > 0).length;
  const more = left === 0 ? '' : ` ${left} more have no room here.`;
  return `From ${since} to ${until}: ${clusters.length} were stopped, ${stopped} of them still are.${more}`;
}

function textOf(report: ReadinessReport): string[] {
  const rows = (headers: string[], cells: string[][]) =>
    cells.length === 0
      ? []
      : table(
          headers,
          cells.map((row) => row.map(visible)),
        )
          .trimEnd()
          .split('\n');
  return [
    totals(report),
    ...section('What stopped hops', rows(CAUSES, causesOf(report))),
    ...section('Clusters by readiness, at the last look of each day', rows(TREND, trendOf(report))),
  ];
}

function markdownOf(report: ReadinessReport): string[] {
  const tableOf = (headers: string[], cells: string[][]) =>
    cells.length === 0
      ? []
      : ['', markdownRow(headers), markdownRow(headers.map(() => '---')), ...cells.map(markdownRow)];
  const causes = causesOf(report).map(([cluster = '', ...cells]) => [
    markdownCode(cluster),
    ...cells.map(markdownText),
  ]);
  return [
    '## Readiness',
    '',
    markdownText(totals(report)),
    ...tableOf(CAUSES, causes),
    ...tableOf(TREND, trendOf(report)),
  ];
}
