import { errorMessage, errorName, isDenied, namedError } from '../contracts/errors.ts';
import type { AccountState, ClusterRecord } from '../contracts/items/cluster.ts';
import { DISCOVERY_SECONDS, SLOW_LOOK_SECONDS } from '../contracts/look-limits.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { sha256Hex } from '../hash/canonical-json.ts';
import { batchesOf } from '../model/batches.ts';
import { shortId } from '../model/cluster-key.ts';
import { compareTexts } from '../model/compare-texts.ts';
import { isSame } from '../model/is-same.ts';
import { FLEET, fleetSpec, loadFleetInForce } from '../policy/applied.ts';
import { isForgotten, NEVER } from '../policy/cluster-labels.ts';
import type { Scope } from '../ports/eks.ts';
import type { ClusterItem } from '../ports/outside.ts';
import type { Ports } from '../ports/ports.ts';
import { auditEntry, change, markDirty, NOTHING, writeUnrecorded } from '../store/change.ts';
import { Accounts, Configs, Organizations } from '../store/entities.ts';
import { decode, load, put, replace } from '../store/entity.ts';
import { becomesUnreachable } from './record-cluster.ts';
import { loadLivingRecords } from './records.ts';
import { isSeenLately } from './seen.ts';

export type DiscoverPorts = Pick<Ports, 'table' | 'eks' | 'queue' | 'organization' | 'clock'>;

/**
 * Clusters are read hourly; their node groups, add-ons and insights once a day (install.md, First steps). Each cluster has a minute of the day of its
 * own for it, which spreads them: all in one hour took longer than that from some 4,000 clusters on. The first run after that minute reads them.
 */
function depthOf(at: Scope & { readonly name: string }, begun: Date): ClusterItem['depth'] {
  const own = Number.parseInt(sha256Hex(shortId(at)).slice(0, 8), 16) % MINUTES_OF_DAY;
  const minute = begun.getUTCHours() * 60 + begun.getUTCMinutes();
  return (minute - own + MINUTES_OF_DAY) % MINUTES_OF_DAY < RUN_COVERS_MINUTES ? 'deep' : 'shallow';
}
const MINUTES_OF_DAY = 24 * 60;
/** Runs begin an hour apart, and later where one is tried again. So a run takes some clusters of the run before too, and leaves out none. */
const RUN_COVERS_MINUTES = 70;
/** The rates of EKS are kept for each account and Region. Each has a connection of its own, so a look takes up to a second. */
const LOOKS_AT_ONCE = 10;
/** EKS was not asked at all, since there was no time. */
const TIME_IS_UP = 'TimeIsUp';

/**
 * Lists the clusters of every account and Region of the Fleet and queues one item for each. It also queues those of the inventory that were not
 * listed, because only DescribeCluster proves that one is gone. A denied or unreachable account is recorded with its reason and loses nothing.
 * Accounts in a Region whose EKS does not answer are asked at the end. Whom there is no time to ask is recorded as such, and goes first in the next
 * run. Where the organization cannot be listed, the run looks at the accounts that the Fleet names, and then fails.
 */
export async function discoverClusters(ports: DiscoverPorts): Promise<{ items: number; accounts: AccountState[] }> {
  const fleet = await loadFleetInForce(ports.table);
  if (fleet === undefined) return { items: 0, accounts: [] };
  const { organizationId = '' } = fleet;
  const organization = organizationId === '' ? { accounts: [] } : await listOrganization(ports, organizationId);
  const accounts = [...new Set([...fleet.accounts, ...organization.accounts])].sort();
  let reading: Promise<ClusterRecord[]> | undefined;
  const recorded = async ({ account, region }: Scope): Promise<ClusterRecord[]> => {
    reading ??= loadLivingRecords(ports.table);
    return (await reading).filter((record) => record.account === account && record.region === region);
  };
  const stored = await ports.table.queryPartition('ACCOUNTS');
  const seen = new Map(stored.map((item) => [item.sk, decode(Accounts, item).data]));
  // Liftlock may not look into an account that has left the organization. Which accounts have left is unknown while the organization is not listed.
  const isListed = fleet.organizationId !== undefined && !('refusal' in organization);
  const listedBefore = await load(ports.table, Organizations);
  const isNews = (listedBefore?.data.organizationId ?? '') !== organizationId;
  const records = isListed && isNews ? await loadLivingRecords(ports.table) : [];
  const known = isListed ? [...seen.values(), ...records].map(({ account }) => account) : [];
  const left = [...new Set(known)].filter((account) => !accounts.includes(account));
  const looks: { state: AccountState; found: number }[] = [];
  const begun = ports.clock.now();
  const secondsSince = (instant: number): number => (ports.clock.now().getTime() - instant) / 1_000;
  const slow = new Set<string>();
  const lookInto = async (scope: Scope) => {
    const { account, region } = scope;
    const asked = ports.clock.now().getTime();
    const before = seen.get(Accounts.key(account, region).sk);
    const unasked = left.includes(account)
      ? namedError('AccountLeft', `The organization does not list ${account} any more.`)
      : secondsSince(begun.getTime()) > DISCOVERY_SECONDS
        ? namedError(TIME_IS_UP, `Others took so long that there was no time to ask EKS in ${region} for this account.`)
        : undefined;
    const look = await discoverScope(ports, { scope, before, begun, unasked }, () => recorded(scope));
    if (secondsSince(asked) > SLOW_LOOK_SECONDS) slow.add(region);
    return look;
  };
  const later: Scope[] = [];
  const scopes = [...accounts, ...left].flatMap((account) => fleet.regions.map((region) => ({ account, region })));
  // Whom the last run had no time to ask goes first, or it would always be the same that nobody asks.
  const turnOf = ({ account, region }: Scope): string => {
    const before = seen.get(Accounts.key(account, region).sk);
    const isOwed = before === undefined || before.reason?.startsWith(TIME_IS_UP) === true;
    return `${isOwed ? 0 : 1} ${before?.checkedAt ?? NEVER}`;
  };
  scopes.sort((one, other) => compareTexts(turnOf(one), turnOf(other)));
  for (const batch of batchesOf(scopes, LOOKS_AT_ONCE)) {
    later.push(...batch.filter(({ region }) => slow.has(region)));
    looks.push(...(await Promise.all(batch.filter(({ region }) => !slow.has(region)).map(lookInto))));
  }
  for (const batch of batchesOf(later, LOOKS_AT_ONCE)) looks.push(...(await Promise.all(batch.map(lookInto))));
  const states = looks.map(({ state }) => state);
  // A Region that is looked at for the first time may be empty. Then no record tells that the inventory is complete now.
  if (states.some((state) => !seen.has(Accounts.key(state.account, state.region).sk))) await markDirty(ports);
  if ('refusal' in organization) {
    const { refusal } = organization;
    const why = `${errorName(refusal)}: ${errorMessage(refusal)}`;
    const unlisted = { organizationId, why, since: ports.clock.now().toISOString() };
    const { unlisted: before } = listedBefore?.data ?? {};
    if (before?.organizationId !== organizationId || before.why !== why)
      await writeUnrecorded(ports.table, [
        put(Organizations, { organizationId: listedBefore?.data.organizationId ?? '', unlisted }, 'any'),
      ]);
    throw refusal;
  }
  if (isListed && fleet.isOrganizationUnlisted === true) await noteListed(ports, organizationId);
  // This comes last, since nobody has looked into the accounts before. An organization that is removed and named again is listed anew.
  if (isNews || listedBefore?.data.unlisted !== undefined) {
    await writeUnrecorded(ports.table, [put(Organizations, { organizationId }, 'any')]);
    await markDirty(ports);
  }
  return { items: looks.reduce((sum, { found }) => sum + found, 0), accounts: states };
}

/** From here on the accounts of the organization that the Fleet names are part of it. */
const noteListed = (ports: DiscoverPorts, organizationId: string): Promise<undefined> =>
  change(ports, async () => {
    const read = await load(ports.table, Configs, 'Fleet', FLEET);
    const isOf = fleetSpec(read?.data)?.organizationId === organizationId;
    if (read === undefined || !isOf || read.data.listedOrganization === organizationId) return NOTHING;
    const entry = auditEntry('fleet', 'OrganizationListed', LIFTLOCK, { organizationId });
    return {
      ...NOTHING,
      writes: [replace(Configs, read, { ...read.data, listedOrganization: organizationId })],
      record: [entry],
    };
  });

/** The accounts of the organization, or the error of listing them. */
async function listOrganization(
  ports: DiscoverPorts,
  organizationId: string,
): Promise<{ accounts: string[]; refusal?: unknown }> {
  try {
    return { accounts: await ports.organization.listAccounts(organizationId) };
  } catch (refusal) {
    return { accounts: [], refusal };
  }
}

interface Look {
  readonly scope: Scope;
  readonly before: AccountState | undefined;
  /** When the run began. */
  readonly begun: Date;
  /** Why EKS is not asked; undefined = it is asked. */
  readonly unasked: Error | undefined;
}

/** `recorded` returns the clusters of the inventory there. It reads all clusters of the fleet, so it is called only when needed. */
async function discoverScope(
  ports: DiscoverPorts,
  { scope, before, begun, unasked }: Look,
  recorded: () => Promise<ClusterRecord[]>,
): Promise<{ state: AccountState; found: number }> {
  const now = ports.clock.now();
  const checkedAt = now.toISOString();
  let listed: string[];
  try {
    if (unasked !== undefined) throw unasked;
    listed = await ports.eks.listClusters(scope);
  } catch (error) {
    const why = `${errorName(error)}: ${errorMessage(error)}`;
    if (errorName(error) === TIME_IS_UP && before !== undefined) {
      // Nobody has asked, so nothing is known but what was known before, and why it could not be read then stays told.
      if (before.status !== 'Ok') return { state: before, found: 0 };
      const state: AccountState = { ...before, reason: why };
      await writeUnrecorded(ports.table, [put(Accounts, state, 'any')]);
      return { state, found: 0 };
    }
    const known = await recorded();
    const refused = isDenied(error) || errorName(error) === 'AccountLeft';
    // A first look that fails, as by a throttle, is no look yet, and nor is the first one after everything was forgotten, or one never made.
    const wasNever = before === undefined || before.checkedAt === NEVER;
    const isFirst = !refused && wasNever && before?.reason?.startsWith(TIME_IS_UP) !== false;
    const status = isDenied(error) ? 'Denied' : 'Unreachable';
    const looked = { reason: why, clusters: known.length, checkedAt: isFirst ? NEVER : checkedAt };
    const state: AccountState = { ...scope, status, ...looked };
    await writeUnrecorded(ports.table, [put(Accounts, state, 'any')]);
    // Nobody can look there, so nothing waits for a new look.
    for (const record of known)
      if (refused || (isForgotten(record) && !isFirst)) await becomesUnreachable(ports, record.clusterKey, why);
    return { state, found: 0 };
  }
  const lately = before?.names !== undefined && isSeenLately(before.checkedAt, now) ? before : undefined;
  const all = new Set(listed);
  // A cluster that was known and is not listed any more may be gone. From time to time all recorded clusters are asked about.
  const isComplete = lately?.names?.every((name) => all.has(name)) === true;
  if (!isComplete) for (const { name } of await recorded()) all.add(name);
  const names = [...all].sort();
  await ports.queue.send(names.map((name) => ({ ...scope, name, depth: depthOf({ ...scope, name }, begun) })));
  const state: AccountState = { ...scope, status: 'Ok', clusters: listed.length, names, checkedAt };
  if (lately === undefined || !isSame({ ...lately, checkedAt }, state))
    await writeUnrecorded(ports.table, [put(Accounts, state, 'any')]);
  return { state, found: names.length };
}
