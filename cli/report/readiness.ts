import type { ReadinessVerdict } from '../../core/contracts/scan-words.ts';
import { counted } from '../../core/model/words.ts';
import type { ClusterReadiness, ReadinessReport } from '../../core/queries/readiness-report.ts';
import type { ExitCode } from '../command/failure.ts';
import type { Session } from '../command/session.ts';
import { readinessWords } from '../verbs/columns.ts';
import { type PeriodOption, printReport } from './print-report.ts';

/** Since when clusters are blocked and by what, how that ended, and how many were ready on each day. */
export async function reportReadiness(session: Session, { since: asked, output }: PeriodOption): Promise<ExitCode> {
  const client = await session.client();
  const report = await client.v1.reports.readiness.$get({ query: { since: asked } });
  const { since, until, clusters, days: looks, left } = report;
  const stopped = clusters.filter(({ causes, held }) => held !== null || causes.length > 0).length;
  const more = left === 0 ? '' : ` ${left} more have no room here.`;
  const [causes, days] = [['CLUSTER', 'OWNER', 'FOR', 'CAUSE', 'SINCE', 'UNTIL', 'HOW'], COUNTED.map(wordOf)];
  return printReport(session, output, report, {
    title: 'Readiness',
    totals: `From ${since} to ${until}: ${counted(clusters.length, 'cluster')} stopped, ${stopped} still so. Last hourly look: ${looks.at(-1)?.at ?? 'none yet'}.${more}`,
    tables: [
      { heading: 'What stopped hops', heads: causes, rows: causesOf(report) },
      {
        heading: 'Clusters by readiness, at the last look of each day',
        heads: ['DAY', ...days],
        rows: trendOf(report),
      },
    ],
  });
}

const COUNTED: readonly ReadinessVerdict[] = ['ready', 'readyAfterHops', 'blocked', 'incomplete', 'stale'];
const wordOf = (verdict: ReadinessVerdict): string => readinessWords(verdict).toUpperCase();
/** A longer period is shown by week: by the last scan of every seventh day, counted from the last. */
const MOST_DAYS = 31;

function trendOf({ days }: ReadinessReport): string[][] {
  const shown = days.length <= MOST_DAYS ? days : days.filter((_, index) => (days.length - 1 - index) % 7 === 0);
  return shown.map(({ date, counts }) => [date, ...COUNTED.map((verdict) => String(counts[verdict] ?? 0))]);
}

const causesOf = ({ clusters }: ReadinessReport): string[][] =>
  clusters.flatMap(({ cluster, owner, held, causes, ended }) => [
    ...(held === null ? [] : [[cluster, owner ?? '-', '-', held.reason.message, held.since, '-', 'holds it']]),
    ...causes.map((one) => [cluster, ...causeOf(one), one.since, '-', 'stops it']),
    ...ended.map((one) => [cluster, ...causeOf(one), one.since, one.until, howText(one)]),
  ]);

const causeOf = ({ owner, target, cause, what = cause }: ClusterReadiness['causes'][number]): string[] => [
  owner ?? '-',
  target,
  what,
];

const ENDS: Readonly<Record<ClusterReadiness['ended'][number]['how'], string>> = {
  upgraded: 'upgraded past it',
  waived: 'waived',
  noLongerThere: 'no longer there; who mended it is not recorded',
  clusterDeleted: 'the cluster was deleted',
};

const howText = ({ how, by }: ClusterReadiness['ended'][number]): string =>
  by === undefined ? ENDS[how] : `${ENDS[how]} by ${by}`;
