import { apiVersion } from '../../core/config/kinds.ts';
import type { WrittenCluster } from '../../core/inventory/document/inventory-schema.ts';
import type { ListedCluster } from '../../core/queries/list-clusters.ts';
import type { ApiClient } from '../client/api-client.ts';
import { clusterParam } from '../client/paths.ts';
import { EXIT, type ExitCode, Failure, invalid } from '../command/failure.ts';
import type { OutputOption, Session } from '../command/session.ts';
import { print } from '../output/print.ts';
import { LISTINGS, type Listing, rendered } from './columns.ts';
import { deletedPolicy } from './deleted-policy.ts';
import { KINDS, type Kind, kindOf } from './kind.ts';

export interface GetOptions extends OutputOption {
  readonly selector?: string;
  readonly account?: string;
  readonly region?: string;
  readonly all?: boolean;
  readonly watch?: boolean;
  readonly interval: number;
  readonly headers: boolean;
}

export async function get(session: Session, kindText: string, name: string | undefined, options: GetOptions) {
  const kind = kindOf(kindText, KINDS);
  const filtered = options.selector ?? options.account ?? options.region;
  if (kind !== 'clusters' && filtered !== undefined)
    throw invalid('liftlock: -l, --account and --region choose clusters; leave them out here.');
  if (options.watch === true) return watch(session, kind, options, () => list(session, kind, name, options));
  if (kind === 'clusters' && name === undefined && ['json', 'yaml'].includes(options.output))
    return print(session, options.output, await inventory(await session.client(), clusterQuery(options)), () => []);
  const items = await list(session, kind, name, options);
  if (options.output === 'jsonl') for (const item of items) session.io.out(`${JSON.stringify(item)}\n`);
  else if (options.output === 'name')
    for (const item of items) session.io.out(`${kind}/${LISTINGS[kind].nameOf(item)}\n`);
  else if (options.output === 'json' || options.output === 'yaml')
    await print(session, options.output, name === undefined ? { items } : items[0], () => []);
  else if (items.length === 0) session.io.err(await nothingFound(session, kind, options));
  else session.io.out(await rendered(session, LISTINGS[kind], items, options));
  return EXIT.ok;
}

/** Ended upgrades and clusters that discovery has not recorded yet are not listed, so an empty list does not mean that there are none. */
async function nothingFound(session: Session, kind: Kind, options: GetOptions): Promise<string> {
  if (kind === 'clusters' && (options.selector ?? options.account ?? options.region) === undefined)
    return 'No cluster is recorded. What discovery could look at, and how many it lists there: liftlock get accounts\n';
  if (kind !== 'upgrades' || options.all === true) return `No ${kind} found.\n`;
  // One page tells enough: of a large fleet there are tens of thousands.
  const { items, next } = await (await session.client()).v1.upgrades.$get({ query: { all: 'true' } });
  if (items.length === 0)
    return next === undefined
      ? 'No upgrade runs or waits, and none ever has.\n'
      : 'No upgrade runs or waits. Those that have ended: liftlock get upgrades --all\n';
  const ended = next === undefined ? String(items.length) : `${items.length} and more`;
  return `No upgrade runs or waits; ${ended} ${items.length === 1 ? 'has' : 'have'} ended: liftlock get upgrades --all\n`;
}

const clusterQuery = ({ selector, account, region, all }: GetOptions) => ({
  selector,
  account,
  region,
  gone: all === true ? ('true' as const) : undefined,
});

/** The items as the API returns them. A missing name is an error, an empty list is none. */
async function list(
  session: Session,
  kind: Kind,
  name: string | undefined,
  options: GetOptions,
): Promise<readonly unknown[]> {
  const client = await session.client();
  const { v1 } = client;
  const all = options.all === true ? 'true' : undefined;
  if (kind === 'clusters') {
    if (name !== undefined) return [await v1.clusters[':id'].$get({ param: clusterParam(name) })];
    const query = clusterQuery(options);
    return (await client.whole('items', (page) => v1.clusters.$get({ query: { ...query, ...page } }))).items;
  }
  const answer: { readonly items: readonly unknown[]; readonly deleted?: Parameters<typeof deletedPolicy>[1] } =
    kind === 'accounts'
      ? { items: (await v1.fleet.$get()).accounts }
      : kind === 'upgrades'
        ? await client.whole('items', (page) => v1.upgrades.$get({ query: { all, ...page } }))
        : kind === 'rollouts'
          ? await client.whole('items', (query) => v1.rollouts.$get({ query }))
          : await v1[kind].$get();
  const { items } = answer;
  if (name === undefined) return items;
  const named = items.filter((item) => namesOf(LISTINGS[kind], item).includes(name));
  if (named.length > 0) return named;
  const deleted = kind === 'policies' ? deletedPolicy(name, answer.deleted) : undefined;
  throw deleted ?? new Failure(`liftlock: there is no ${name} among the ${kind}. Run: liftlock get ${kind}`);
}

/** `eu-central-1/1.36` is found by that, by `eu-central-1` and by `1.36`. */
function namesOf(listing: Listing<unknown>, item: unknown): string[] {
  const full = listing.nameOf(item);
  return [full, ...full.split('/')];
}

/** A cluster with its node groups and add-ons takes some kilobytes, so these are a megabyte or two. */
const PAGE = '250';

/** The whole fleet as one document for `liftlock plan --inventory`, with the state of each cluster. */
async function inventory(client: ApiClient, chosen: ReturnType<typeof clusterQuery>) {
  const query = { ...chosen, inventory: 'true', limit: PAGE } as const;
  const { items, learned } = await client.whole('items', (page) =>
    client.v1.clusters.$get({ query: { ...query, ...page } }),
  );
  return {
    apiVersion,
    kind: 'Inventory',
    clusters: items.map(clusterOf),
    ...(learned === undefined ? {} : { learned }),
  };
}

function clusterOf(item: ListedCluster): WrittenCluster {
  const { inventory: written, id, key, state, support, policy, wave, target, upgrade, lastSeenAt } = item;
  if (written === undefined) {
    throw new Error(
      'The API gives no inventory: it is older than this command line. Deploy the newer one, or use -o jsonl.',
    );
  }
  return { ...written, id, key, state, support, policy, wave, target, upgrade, lastSeenAt };
}

/**
 * Repeats the request until Ctrl-C. On a terminal it redraws the table; elsewhere it writes one line for each new, changed or vanished item, as JSON
 * with `-o jsonl`. A failed request is repeated and reported, once while it stays the same; so is its end.
 */
async function watch(
  session: Session,
  kind: Kind,
  options: GetOptions,
  list: () => Promise<readonly unknown[]>,
): Promise<ExitCode> {
  if (options.output === 'json' || options.output === 'yaml')
    throw invalid(`liftlock: -o ${options.output} prints one document, and --watch never ends. Use -o jsonl.`);
  const { io } = session;
  const redraws = io.isTerminal && options.output !== 'jsonl' && options.output !== 'name';
  let before: ReadonlyMap<string, string> | undefined;
  let failed = '';
  for (let first = true; !io.interrupted.aborted; first = false) {
    try {
      const items = await list();
      if (failed !== '') io.err('The API answers again.\n');
      failed = '';
      if (redraws) {
        const text = await rendered(session, LISTINGS[kind], items, options);
        io.clear();
        io.out(text);
      } else before = await tellChanges(session, kind, options, items, before);
    } catch (error) {
      if (io.interrupted.aborted) break;
      if (first || !(error instanceof Failure)) throw error;
      if (error.message !== failed) io.err(`${error.message}\n`);
      failed = error.message;
    }
    await io.sleep(options.interval * 1000);
  }
  return EXIT.interrupted;
}

async function tellChanges(
  session: Session,
  kind: Kind,
  options: GetOptions,
  items: readonly unknown[],
  before: ReadonlyMap<string, string> | undefined,
): Promise<ReadonlyMap<string, string>> {
  const listing = LISTINGS[kind];
  const now = new Map(items.map((item) => [listing.nameOf(item), fingerprint(item)]));
  const changed = items.filter((item) => before?.get(listing.nameOf(item)) !== now.get(listing.nameOf(item)));
  const gone = [...(before?.keys() ?? [])].filter((name) => !now.has(name));
  if (options.output === 'jsonl') for (const item of changed) session.io.out(`${JSON.stringify(item)}\n`);
  else if (options.output === 'name') for (const item of changed) session.io.out(`${kind}/${listing.nameOf(item)}\n`);
  else if (changed.length > 0) {
    const headers = options.headers && before === undefined;
    session.io.out(await rendered(session, listing, changed, { ...options, headers }));
  }
  for (const name of gone) session.io.err(`${kind}/${name} is not listed any more: it has ended, or is gone.\n`);
  return now;
}

/** A later time of the same read is no change. */
function fingerprint(item: unknown): string {
  return JSON.stringify(item, (key, value: unknown) =>
    ['lastSeenAt', 'checkedAt', 'daysLeft'].includes(key) ? undefined : value,
  );
}
