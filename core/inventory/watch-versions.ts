import { errorMessage, errorName } from '../contracts/errors.ts';
import type { LiftlockEvent } from '../contracts/events.ts';
import type { AccountState, RegionVersions } from '../contracts/items/cluster.ts';
import { given } from '../model/given.ts';
import { loadFleetInForce } from '../policy/applied.ts';
import type { ClusterVersionInformation } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import { markDirty } from '../store/change.ts';
import { Accounts, Regions } from '../store/entities.ts';
import { batched, dataOf, load, type Read, replace } from '../store/entity.ts';
import { writeUnrecorded } from '../store/unrecorded.ts';
import { isSeenLately } from './seen.ts';

export type WatchPorts = Pick<Ports, 'table' | 'eks' | 'events' | 'clock'>;

/**
 * Asks every Region which versions EKS offers. A version that is new there is announced once; the first look is a baseline and announces
 * nothing.
 */
export async function watchVersions(ports: WatchPorts): Promise<{ announced: number; unreadable: string[] }> {
  const fleet = await loadFleetInForce(ports.table);
  if (fleet === undefined) return { announced: 0, unreadable: [] };
  const reader = batched(ports.table);
  const known = await Promise.all(fleet.regions.map((region) => load(reader, Regions, region)));
  let announced = 0;
  const unreadable: string[] = [];
  let reading: Promise<AccountState[]> | undefined;
  const recorded = (): Promise<AccountState[]> => {
    reading ??= accountStates(ports.table);
    return reading;
  };
  for (const [index, region] of fleet.regions.entries()) {
    // Versions are the Region's, whoever asks: the first account that answers will do.
    const rows = await firstAnswer(ports, region, accountsFor(region, fleet.accounts, recorded), unreadable);
    if (rows !== undefined) announced += await watchRegion(ports, region, rows, known[index]);
  }
  return { announced, unreadable };
}

async function accountStates(table: WatchPorts['table']): Promise<AccountState[]> {
  return (await table.queryPartition('ACCOUNTS')).map((item) => dataOf(Accounts, item));
}

/** Those that the Fleet names; if none of them answers, those of its organization that have clusters there. */
async function* accountsFor(
  region: string,
  configured: readonly string[],
  recorded: () => Promise<AccountState[]>,
): AsyncGenerator<string> {
  yield* configured;
  for (const state of await recorded())
    if (state.region === region && state.clusters > 0 && !configured.includes(state.account)) yield state.account;
}

async function firstAnswer(
  ports: WatchPorts,
  region: string,
  accounts: AsyncIterable<string>,
  unreadable: string[],
): Promise<ClusterVersionInformation[] | undefined> {
  const refused: string[] = [];
  for await (const account of accounts) {
    try {
      return await ports.eks.describeClusterVersions({ account, region });
    } catch (error) {
      refused.push(`${account}: ${errorName(error)}: ${errorMessage(error)}`);
    }
  }
  unreadable.push(`${region}: ${refused.join('; ') || 'no account is known there'}`);
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
  const offered = rows.filter((row) => row.versionStatus !== 'UNSUPPORTED').map((row) => row.clusterVersion);
  const fresh = read === undefined ? [] : offered.filter((version) => !read.data.announced.includes(version));
  const next: RegionVersions = {
    region,
    versions,
    announced: [...new Set([...(read?.data.announced ?? []), ...offered])].sort(),
    checkedAt: now.toISOString(),
  };
  // Written first: an event that is lost afterwards costs an hour, one that is sent twice would be news that is none.
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

/** The dates of EKS's versions are days in UTC, though it gives them as instants: a day is fewer bytes in what every look reads. */
const dayOf = (date: Date): string => date.toISOString().replace('T00:00:00.000Z', '');
