import { counted } from '../../core/model/words.ts';
import type { ExitCode } from '../command/failure.ts';
import type { Session } from '../command/session.ts';
import { type PeriodOption, printReport } from './print-report.ts';

/** The results of a quarter, for the person who is responsible for a fleet. */
export async function reportQuarter(
  session: Session,
  { since: asked, until: end, output }: PeriodOption & { readonly until?: string },
): Promise<ExitCode> {
  const client = await session.client();
  const query = { since: asked, ...(end === undefined ? {} : { until: end }) };
  const report = await client.v1.reports.quarter.$get({ query });
  const { since, until, clusters, minorsMoved, ended, rollbacksFailed, late, acts, waits, approvals, notRecorded } =
    report;
  const rows = (all: readonly { readonly what: string; readonly count: number }[]) =>
    all.map(({ what, count }) => [what, `${count}`]);
  return printReport(session, output, report, {
    title: 'Quarter',
    totals: `From ${since} to ${until}: ${counted(minorsMoved, 'minor')} moved on ${counted(clusters.moved, 'cluster')} of ${clusters.atEnd}; ${ended.Failed} failed, ${ended.RolledBack} rolled back, ${ended.Blocked} blocked. ${counted(late.hours, 'hour')} past standard support, $${late.dollars.toFixed(2)} at list price.`,
    tables: [
      {
        heading: 'Upgrades by how they ended',
        heads: ['END', 'TIMES'],
        rows: [...Object.entries(ended), ['Rollbacks that failed or were given up half-way', rollbacksFailed]].map(
          ([what, count]) => [`${what}`, `${count}`],
        ),
      },
      {
        heading: 'Past standard support',
        heads: ['CLUSTER', 'HOURS', 'DOLLARS'],
        rows: late.clusters.map((one) => [one.cluster, `${one.hours}`, one.dollars.toFixed(2)]),
      },
      { heading: 'What people did, times', heads: ['ACT', 'TIMES'], rows: rows(acts) },
      { heading: 'What was waited for, minutes', heads: ['CAUSE', 'MINUTES'], rows: rows(waits) },
      {
        heading: 'Who agreed to what',
        heads: ['AT', 'WHO', 'ROLLOUT', 'WAVE', 'DECISION', 'CLUSTERS', 'PLAN', 'WORDS'],
        rows: approvals.map(({ at, by, rollout, wave, decision, clusters: count, planHash, comment }) => {
          return [at, by, rollout, wave, decision, `${count ?? '-'}`, planHash.slice(0, 12), comment ?? '-'];
        }),
      },
    ],
    notRecorded,
  });
}
