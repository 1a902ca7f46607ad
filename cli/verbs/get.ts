import { clusterParam } from '../client/paths.ts';
import { EXIT, Failure, invalid, type OutputOption, type Session } from '../command/session.ts';
import { print } from '../output/print.ts';
import { LISTINGS, type Listing, rendered } from './columns.ts';
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
  if (options.watch === true) {
    const { watch } = await import('./watch.ts');
    return watch(session, kind, options, () => list(session, kind, name, options));
  }
  if (kind === 'clusters' && name === undefined && ['json', 'yaml'].includes(options.output)) {
    const { inventory } = await import('./inventory.ts');
    return print(session, options.output, await inventory(await session.client(), clusterQuery(options)), () => []);
  }
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

/** Upgrades that have ended are not listed: none that runs is not none that ever was. */
async function nothingFound(session: Session, kind: Kind, options: GetOptions): Promise<string> {
  if (kind !== 'upgrades' || options.all === true) return `No ${kind} found.\n`;
  const ended = await list(session, kind, undefined, { ...options, all: true });
  if (ended.length === 0) return 'No upgrade runs or waits, and none ever has.\n';
  return `No upgrade runs or waits; ${ended.length} ${ended.length === 1 ? 'has' : 'have'} ended: liftlock get upgrades --all\n`;
}

export const clusterQuery = ({ selector, account, region, all }: GetOptions) => ({
  selector,
  account,
  region,
  gone: all === true ? ('true' as const) : undefined,
});

/** The items as the API gives them. A name that is not there is an error, an empty list is none. */
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
  const items =
    kind === 'accounts'
      ? (await v1.fleet.$get()).accounts
      : kind === 'upgrades'
        ? (await client.whole('items', (page) => v1.upgrades.$get({ query: { all, ...page } }))).items
        : (await v1[kind].$get()).items;
  if (name === undefined) return items;
  const named = items.filter((item) => namesOf(LISTINGS[kind], item).includes(name));
  if (named.length > 0) return named;
  throw new Failure(`liftlock: there is no ${name} among the ${kind}. Run: liftlock get ${kind}`);
}

/** `eu-central-1/1.36` is known by that, by `eu-central-1` and by `1.36`. */
function namesOf(listing: Listing<unknown>, item: unknown): string[] {
  const full = listing.nameOf(item);
  return [full, ...full.split('/')];
}
