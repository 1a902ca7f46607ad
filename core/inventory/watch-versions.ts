import { errorMessage, errorName } from '../contracts/errors.ts';
import type { LiftlockEvent } from '../contracts/events.ts';
import type { AccountState, ImageReleases, RegionVersions } from '../contracts/items/cluster.ts';
import { SLOW_LOOK_SECONDS } from '../contracts/look-limits.ts';
import { batchesOf } from '../model/batches.ts';
import { given } from '../model/given.ts';
import { isSame } from '../model/is-same.ts';
import { loadAppliedConfigs, loadFleetInForce, upgradePolicy } from '../policy/applied.ts';
import { NEVER } from '../policy/cluster-labels.ts';
import type { AccountReader } from '../ports/account.ts';
import type { ClusterVersionInformation, Scope } from '../ports/eks.ts';
import type { Clock } from '../ports/outside.ts';
import type { Ports } from '../ports/ports.ts';
import { markDirty, writeUnrecorded } from '../store/change.ts';
import { Accounts, Images, Regions } from '../store/entities.ts';
import { batched, dataOf, load, type Read, replace } from '../store/entity.ts';
import { compareReleases, RELEASED_TYPES, releaseParameter } from '../version/image-release.ts';
import { isSeenLately } from './seen.ts';

export type WatchPorts = Pick<Ports, 'table' | 'eks' | 'account' | 'events' | 'clock'>;

/**
 * Asks every Region which versions EKS offers. A version that is new there is announced once; the first look is a baseline and announces nothing.
 * Where a policy has `patch` it also asks which images there are.
 */
export async function watchVersions(ports: WatchPorts): Promise<{ announced: number; unreadable: string[] }> {
  const fleet = await loadFleetInForce(ports.table);
  if (fleet === undefined) return { announced: 0, unreadable: [] };
  const reader = batched(ports.table);
  const [policies, images, known] = await Promise.all([
    loadAppliedConfigs(ports.table, 'UpgradePolicy'),
    Promise.all(fleet.regions.map((region) => load(reader, Images, region))),
    Promise.all(fleet.regions.map((region) => load(reader, Regions, region))),
  ]);
  const wantsImages = policies.some((policy) => upgradePolicy(policy)?.spec.patch?.nodes !== undefined);
  let announced = 0;
  const unreadable: string[] = [];
  let reading: Promise<AccountState[]> | undefined;
  const recorded = (): Promise<AccountState[]> => {
    reading ??= accountStates(ports.table);
    return reading;
  };
  for (const [index, region] of fleet.regions.entries()) {
    // A Region offers the same versions to every account, so the first account that answers is enough.
    const refusals: string[] = [];
    const ask = <Answer>(read: (scope: Scope) => Promise<Answer>) =>
      firstAnswer(ports.clock, region, accountsFor(region, fleet.accounts, recorded), refusals, read);
    const rows = await ask((scope) => ports.eks.describeClusterVersions(scope));
    if (rows !== undefined) announced += await watchRegion(ports, region, rows, known[index]);
    const minors = wantsImages ? rows?.filter(isOffered).map(({ clusterVersion }) => clusterVersion) : undefined;
    const found = minors && (await ask((scope) => readReleases(ports.account, scope, minors)));
    unreadable.push(...refusals);
    if (minors !== undefined && found !== undefined) await recordReleases(ports, region, minors, found, images[index]);
    else if (wantsImages && refusals.length > 0)
      await recordUnread(ports, region, refusals.at(-1) ?? '', images[index]);
  }
  return { announced, unreadable };
}

async function accountStates(table: WatchPorts['table']): Promise<AccountState[]> {
  return (await table.queryPartition('ACCOUNTS')).map((item) => dataOf(Accounts, item));
}

/** Most Regions answer the first account, so nothing is read for so many. */
const MOST_UNREAD = 3;
/** A Region that has refused so many accounts refuses all of them, most likely: hundreds of quick refusals would take the time of the others. */
const MOST_ASKED = 20;

/** Accounts that the Fleet names, and those of its organization that have clusters there. Those that discovery could read there come early. */
async function* accountsFor(
  region: string,
  configured: readonly string[],
  recorded: () => Promise<AccountState[]>,
): AsyncGenerator<string> {
  const first = configured.slice(0, MOST_UNREAD);
  yield* first;
  const isAsked = ({ account, clusters }: AccountState): boolean => clusters > 0 || configured.includes(account);
  const here = (await recorded()).filter((one) => one.region === region && isAsked(one));
  const answering = here.filter(({ status }) => status === 'Ok');
  const others = new Set([...[...answering, ...here].map(({ account }) => account), ...configured]);
  for (const account of others) if (!first.includes(account)) yield account;
}

/**
 * The first answer of an account; where all refuse, that is added to `refusals`. In a Region where no account is known there is nobody to ask, and nothing
 * to upgrade. A try that fails only after some time shows that the Region answers nobody, so it is given up: the
 * other Regions do not wait for it.
 */
async function firstAnswer<Answer>(
  clock: Clock,
  region: string,
  accounts: AsyncIterable<string>,
  refusals: string[],
  read: (scope: Scope) => Promise<Answer>,
): Promise<Answer | undefined> {
  const refused: string[] = [];
  for await (const account of accounts) {
    const asked = clock.now().getTime();
    try {
      return await read({ account, region });
    } catch (error) {
      refused.push(`${account}: ${errorName(error)}: ${errorMessage(error)}`);
      if (refused.length >= MOST_ASKED || clock.now().getTime() - asked > SLOW_LOOK_SECONDS * 1_000) break;
    }
  }
  if (refused.length > 0) refusals.push(`${region}: ${refused.join('; ')}`);
  return undefined;
}

async function watchRegion(
  ports: WatchPorts,
  region: string,
  rows: readonly ClusterVersionInformation[],
  read: Read<RegionVersions> | undefined,
): Promise<number> {
  const now = ports.clock.now();
  const versions = rows.map(toRow);
  const isNews = JSON.stringify(read?.data.versions) !== JSON.stringify(versions);
  const offered = rows.filter(isOffered).map((row) => row.clusterVersion);
  const fresh = read === undefined ? [] : offered.filter((version) => !read.data.announced.includes(version));
  const next: RegionVersions = {
    region,
    versions,
    announced: [...new Set([...(read?.data.announced ?? []), ...offered])].sort(),
    checkedAt: now.toISOString(),
  };
  // The item is written first: an event that is lost afterwards costs an hour, while a second one would announce a version twice.
  if (read === undefined || isNews || !isSeenLately(read.data.checkedAt, now))
    await writeUnrecorded(ports.table, [replace(Regions, read, next)]);
  if (isNews) await markDirty(ports);
  const events = fresh.map(
    (version): LiftlockEvent => ({
      type: 'VersionAvailable',
      detail: { version: 1, region, kubernetesVersion: version },
    }),
  );
  if (events.length > 0) await ports.events.publish(events);
  return events.length;
}

const isOffered = ({ versionStatus }: ClusterVersionInformation): boolean => versionStatus !== 'UNSUPPORTED';

async function recordReleases(
  ports: WatchPorts,
  region: string,
  minors: readonly string[],
  found: ImageReleases['images'],
  read: Read<ImageReleases> | undefined,
): Promise<void> {
  const now = ports.clock.now();
  const images = withEarlier(found, read?.data.images ?? [], minors, now);
  const isNews = !isSame(read?.data.images, images);
  const isKnown = read !== undefined && read.data.unread === undefined && isSeenLately(read.data.checkedAt, now);
  if (!isNews && isKnown) return;
  await writeUnrecorded(ports.table, [replace(Images, read, { region, images, checkedAt: now.toISOString() })]);
  if (isNews) await markDirty(ports);
}

/** The logs of every try have the rest. */
const WHY_LENGTH = 500;

/** The known releases stay. That they may be old is recorded once, with the time at which that began. */
async function recordUnread(
  ports: WatchPorts,
  region: string,
  why: string,
  read: Read<ImageReleases> | undefined,
): Promise<void> {
  if (read?.data.unread !== undefined) return;
  const known = read?.data ?? { region, images: [], checkedAt: NEVER };
  const unread = { since: ports.clock.now().toISOString(), why: why.slice(0, WHY_LENGTH) };
  await writeUnrecorded(ports.table, [replace(Images, read, { ...known, unread })]);
}

function toRow(row: ClusterVersionInformation): RegionVersions['versions'][number] {
  return {
    version: row.clusterVersion,
    status: row.versionStatus ?? 'UNKNOWN',
    ...given({
      defaultVersion: row.defaultVersion === true || undefined,
      releaseDate: row.releaseDate && dayOf(row.releaseDate),
      endOfStandardSupport: row.endOfStandardSupportDate && dayOf(row.endOfStandardSupportDate),
      endOfExtendedSupport: row.endOfExtendedSupportDate && dayOf(row.endOfExtendedSupportDate),
    }),
  };
}

/** EKS gives the dates of its versions as instants, but they are days in UTC. A day takes fewer bytes in the item that every look reads. */
const dayOf = (date: Date): string => date.toISOString().replace('T00:00:00.000Z', '');

/** The most names of one GetParameters (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html). */
const NAMES = 10;
/** So many releases are kept of each image: with one a week those of two months, from which `minAge` chooses. */
const KEPT = 8;

/** Reads the newest release of every image that EKS chooses for these minors. */
export async function readReleases(
  account: Pick<AccountReader, 'getParameters'>,
  scope: Scope,
  minors: readonly string[],
): Promise<ImageReleases['images']> {
  const asked = minors.flatMap((version) =>
    RELEASED_TYPES.map((amiType) => ({ version, amiType, name: releaseParameter(version, amiType) ?? '' })),
  );
  const images: ImageReleases['images'] = [];
  for (const batch of batchesOf(asked, NAMES)) {
    const found = await account.getParameters(
      scope,
      batch.map(({ name }) => name),
    );
    for (const { name, ...image } of batch) {
      const parameter = found.find((one) => one.name === name);
      if (parameter === undefined) continue;
      const { value: release, lastModifiedDate } = parameter;
      images.push({ ...image, releases: [{ release, publishedAt: lastModifiedDate.toISOString() }] });
    }
  }
  return images;
}

const UNREAD_DAYS = 7;

type Image = ImageReleases['images'][number];
type Release = Image['releases'][number];

/**
 * Adds the releases that were known before, since Systems Manager returns only the newest. An image of which it has just returned none stays known for
 * a week, while its minor is offered: one reading may lack it, and AWS may have taken it away.
 */
export function withEarlier(
  read: ImageReleases['images'],
  known: ImageReleases['images'],
  minors: readonly string[],
  now: Date,
): ImageReleases['images'] {
  const isOf = (image: Image) => (one: Image) => one.version === image.version && one.amiType === image.amiType;
  const unread = known
    .filter((one) => minors.includes(one.version) && !read.some(isOf(one)))
    .map((one) => ({ ...one, unreadSince: one.unreadSince ?? now.toISOString() }))
    .filter(({ unreadSince }) => now.getTime() - Date.parse(unreadSince) < UNREAD_DAYS * 24 * 3_600_000);
  const images = read.map((image) => {
    const before = known.find(isOf(image));
    // AWS has withdrawn a release that is newer than the newest one now.
    const isEarlier = ({ release }: Release) =>
      image.releases.every((one) => compareReleases(release, one.release) < 0);
    const earlier = before?.releases.filter(isEarlier) ?? [];
    // A parameter that is written again with the same release does not change the day of its publication.
    const releases = image.releases.map(
      (one) => before?.releases.find(({ release }) => release === one.release) ?? one,
    );
    return { ...image, releases: [...releases, ...earlier].slice(0, KEPT) };
  });
  return [...images, ...unread];
}
