import { counted } from '../../core/model/words.ts';
import type { EffortReport } from '../../core/queries/effort-report.ts';
import type { ExitCode } from '../command/failure.ts';
import type { Session } from '../command/session.ts';
import { type PeriodOption, printReport } from './print-report.ts';

type Rows = EffortReport['acts'];

/** The effort and the waiting time of upgrades, compared with the previous period of equal length. */
export async function reportEffort(session: Session, { since: asked, output }: PeriodOption): Promise<ExitCode> {
  const client = await session.client();
  const report = await client.v1.reports.effort.$get({ query: { since: asked } });
  const { since, until, before, acts, waits, notRecorded } = report;
  const sum = (rows: Rows, name: 'now' | 'before') => rows.reduce((total, row) => total + row[name], 0);
  const spent = (name: 'now' | 'before') =>
    `${counted(sum(acts, name), 'act')}, ${counted(sum(waits, name), 'minute')} waited`;
  const tableOf = (heading: string, what: string, rows: Rows) => {
    const cells = rows.map((row) => [row.hop ?? '-', row.team ?? '-', row.what, `${row.now}`, `${row.before}`]);
    return { heading, heads: ['HOP', 'TEAM', what, 'NOW', 'BEFORE'], rows: cells };
  };
  return printReport(session, output, report, {
    title: 'Effort',
    totals: `From ${since} to ${until}: ${spent('now')}. From ${before} to ${since}: ${spent('before')}.`,
    tables: [tableOf('What people did, times', 'ACT', acts), tableOf('What was waited for, minutes', 'CAUSE', waits)],
    notRecorded,
  });
}
