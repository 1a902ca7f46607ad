import type { ClusterRecord } from '../../core/contracts/items/cluster.ts';
import { visible } from '../../core/model/visible.ts';
import { type AccessReport, accessStatus } from '../../core/operations/access-report.ts';
import type { ClusterDetail } from '../../core/queries/cluster-detail.ts';
import type { FleetStatus } from '../../core/queries/fleet-status.ts';
import { clusterId, clusterPath } from '../client/cluster-path.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { painted } from '../output/paint.ts';
import { print } from '../output/print.ts';
import { tableLines } from '../output/table.ts';
import type { Session } from '../session.ts';

interface CheckOptions {
  readonly direct?: boolean;
  readonly output: string;
}

interface AccessReports {
  readonly items: readonly AccessReport[];
}

/** Exit 4 when something that is needed cannot be read. What nobody looked at is said and is no failure. */
export async function accessCheck(
  session: Session,
  cluster: string | undefined,
  options: CheckOptions,
): Promise<ExitCode> {
  const client = await session.client();
  let reports = await client.all<AccessReport, AccessReports>('/v1/access/check', {
    cluster: cluster === undefined ? undefined : clusterId(cluster),
  });
  if (options.direct === true) reports = { items: await lookFromHere(session, reports.items) };
  await print(session, options.output, reports, () => text(session, reports.items));
  const count = (status: AccessReport['status']) => reports.items.filter((report) => report.status === status).length;
  if (count('Unknown') > 0)
    session.io.err(
      `${count('Unknown')} of ${reports.items.length} clusters not checked in full. Look now with: liftlock access check --direct\n`,
    );
  // A cluster in an account that cannot be read is in no list: the account itself must be named.
  const unread =
    cluster === undefined
      ? (await client.get<FleetStatus>('/v1/fleet')).accounts.filter(({ status }) => status !== 'Ok')
      : [];
  for (const { account, region, status, reason } of unread) {
    session.io.err(`Account ${account} in ${region} is ${status}: ${visible(reason ?? 'no reason was given')}\n`);
  }
  if (count('Incomplete') === 0) return unread.length === 0 ? EXIT.ok : EXIT.incomplete;
  session.io.err(`${count('Incomplete')} of ${reports.items.length} clusters cannot be read in full.\n`);
  return EXIT.incomplete;
}

/** The same questions, asked from this machine with Liftlock's own role. */
async function lookFromHere(session: Session, reports: readonly AccessReport[]): Promise<AccessReport[]> {
  const client = await session.client();
  const { spec } = await client.get<FleetStatus>('/v1/fleet');
  const [{ directPorts }, { lookNow }] = await Promise.all([
    import('../direct/direct-ports.ts'),
    import('../../core/operations/check-access.ts'),
  ]);
  const looked: AccessReport[] = [];
  for (const report of reports) {
    const record = await client.get<ClusterDetail & ClusterRecord>(clusterPath(report.clusterKey));
    const checks = await lookNow(directPorts(record, spec?.spokeRole), record);
    looked.push({ ...report, checks, status: accessStatus(checks, report.verification) });
  }
  return looked;
}

function text(session: Session, reports: readonly AccessReport[]): string[] {
  if (reports.length === 0) return [];
  const rows = reports.flatMap((report) =>
    report.checks
      // All that is well is one line; what is not is told one by one.
      .filter(({ status }) => report.status !== 'Ok' && status !== 'Readable')
      .map((check) => [
        visible(report.cluster),
        painted(session.paint, check.status),
        `${check.part}: ${check.what}`,
        visible(check.reason?.message ?? ''),
      ]),
  );
  const good = reports
    .filter(({ status }) => status === 'Ok')
    .map((report) => [
      visible(report.cluster),
      painted(session.paint, 'Ok'),
      report.verification === 'eks-api' ? 'EKS API' : 'everything',
      report.verification === 'eks-api' ? 'The policy needs no more (verification: eks-api).' : '',
    ]);
  return tableLines(['CLUSTER', 'STATUS', 'WHAT', 'WHY'], [...good, ...rows], session.io.columns);
}
