import { visible } from '../../core/model/visible.ts';
import { counted, some } from '../../core/model/words.ts';
import {
  type AccessCause,
  type AccessReport,
  accessCauses,
  isReadable,
  withScan,
} from '../../core/operations/access-report.ts';
import type { ScanRunView } from '../../core/queries/scan-history.ts';
import type { ApiClient } from '../client/api-client.ts';
import { clusterId, clusterParam, part } from '../client/paths.ts';
import { EXIT, type ExitCode } from '../command/failure.ts';
import type { OutputOption, Session } from '../command/session.ts';
import { untilFound } from '../command/until-found.ts';
import { painted, print, tableLines } from '../output/print.ts';
import { Progress } from '../output/progress.ts';

interface CheckOptions extends OutputOption {
  readonly now?: boolean;
  readonly waitTimeout: number;
}

/** Exit 4 when something needed cannot be read, or was never read; 5 when scans that were started have not ended. */
export async function accessCheck(session: Session, cluster: string | undefined, options: CheckOptions) {
  const client = await session.client();
  const query = cluster === undefined ? {} : { cluster: clusterId(cluster) };
  const ask = async (): Promise<readonly AccessReport[]> =>
    (await client.whole('items', (page) => client.v1.access.check.$get({ query: { ...query, ...page } }))).items;
  let items = await ask();
  if (options.now === true) {
    const runs = await scansOf(session, client, cluster === undefined ? items.filter(isOpen) : items, options);
    if (typeof runs === 'number') return runs;
    items = (await ask()).map((report) => withScan(report, runs.get(report.clusterKey)));
  }
  const causes = accessCauses(items);
  await print(session, options.output, { items, causes }, () => text(session, items, causes));
  const unread = cluster === undefined ? await unreadAccounts(session, client) : 0;
  const open = items.filter(isOpen);
  if (open.length > 0) {
    const refused = open.filter(({ status }) => status === 'Incomplete').length;
    session.io.err(
      `Of ${counted(items.length, 'cluster')}, ${refused} cannot be read in full and ${open.length - refused} were not looked at in full.\n`,
    );
  }
  return open.length + unread === 0 ? EXIT.ok : EXIT.incomplete;
}

const isOpen = ({ status }: AccessReport): boolean => status !== 'Ok';

/**
 * Lets the hub check with Liftlock's own permissions, because the spoke roles trust only its functions. A scan reads everything that an upgrade will,
 * and changes nothing. Returns the scan of each cluster, by its key.
 */
async function scansOf(
  { io }: Session,
  client: ApiClient,
  reports: readonly AccessReport[],
  { waitTimeout }: CheckOptions,
): Promise<ReadonlyMap<string, ScanRunView> | ExitCode> {
  const runs = new Map<string, ScanRunView>();
  const { scans } = client.v1.clusters[':id'];
  for (const { clusterKey } of reports) {
    if (io.interrupted.aborted) return EXIT.interrupted;
    runs.set(clusterKey, await scans.$post({ param: clusterParam(clusterKey), json: {} }));
  }
  const progress = new Progress(io);
  let left = runs.size;
  const ended = await untilFound(io, waitTimeout, async () => {
    for (const [clusterKey, { status, name }] of runs) {
      if (status === 'ended') continue;
      const param = { ...clusterParam(clusterKey), name: part(name) };
      runs.set(clusterKey, await scans.runs[':name'].$get({ param }));
    }
    left = [...runs.values()].filter(({ status }) => status !== 'ended').length;
    if (left === 0) return runs;
    progress.tell(() => `${runs.size - left} of ${counted(runs.size, 'cluster')} looked at.`);
    return undefined;
  });
  if (ended === EXIT.timedOut)
    io.err(
      `${counted(left, 'scan')} have not ended within ${waitTimeout} seconds. Look again: liftlock access check\n`,
    );
  return ended;
}

/** A cluster in an unreadable account is in no list, so the account itself is named: once for all its Regions. */
async function unreadAccounts({ io }: Session, client: ApiClient): Promise<number> {
  const { accounts } = await client.v1.fleet.$get();
  const unread = accounts.filter(({ status }) => status !== 'Ok');
  for (const [account = '', places] of Map.groupBy(unread, (one) => one.account)) {
    const reason = places.find((one) => one.reason !== undefined)?.reason ?? 'no reason was given';
    const regions = places.map(({ region, status }) => `${region} ${status}`).join(', ');
    // An organization that cannot be listed is reported like an account.
    const [what, fix] = account.startsWith('o-') ? ['Organization', LIST_IT] : ['Account', READ_IT];
    io.err(visible(`${what} ${account} (${regions}): ${reason}\n  fix: ${fix}\n`));
  }
  return unread.length;
}

const READ_IT = 'Deploy or update the spoke role there (docs/install.md, Spokes).';
const LIST_IT =
  'Set organizationId in cdk.json and in the Fleet to that of the hub, and deploy; the hub must be its management account or a delegated administrator (docs/install.md).';

function text(session: Session, reports: readonly AccessReport[], causes: readonly AccessCause[]): string[] {
  const rows = causes.map(({ account, clusters, status, part, whats, message }) => [
    account ?? '-',
    visible(some(clusters.map((cluster) => cluster.replace(`${account}.`, '')))),
    painted(session.paint, status),
    visible(`${part}: ${whats.join(', ')}`),
    visible(message),
  ]);
  const good = reports.filter(isReadable);
  const shallow = good.filter(({ verification }) => verification === 'eks-api');
  const lines = tableLines(['ACCOUNT', 'CLUSTERS', 'STATUS', 'WHAT', 'WHY'], rows, session.io.columns);
  const [headers = '', ...told] = lines;
  return [
    ...(causes.length === 0 ? [] : [headers]),
    ...told.flatMap((line, index) => [line, visible(`  fix: ${causes[index]?.fix}`)]),
    ...(good.length === 0
      ? []
      : [`${counted(good.length, 'cluster')} can be read as far as the policy asks for: ${visible(namesOf(good))}`]),
    ...(shallow.length === 0
      ? []
      : [`  of these through the EKS API alone (verification: eks-api): ${visible(namesOf(shallow))}`]),
  ];
}

const namesOf = (reports: readonly AccessReport[]): string =>
  some(
    reports.map(({ cluster }) => cluster),
    10,
  );
