import { didYouMean } from '../config/did-you-mean.ts';
import { namedError } from '../contracts/errors.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { loadLivingRecords } from '../inventory/records.ts';
import { arnOf, parseClusterArn, shortId, shortKeyOf } from '../model/cluster-key.ts';
import { compareTexts } from '../model/compare-texts.ts';
import type { Table } from '../ports/table.ts';
import { ClusterNames, Clusters, loadRecordsOfName } from '../store/entities.ts';
import { load, loadAll, loadKind } from '../store/entity.ts';
import { invalidInput, Refusal } from './refusal.ts';

type Place = Pick<ClusterRecord, 'account' | 'region' | 'name'>;

/**
 * The cluster that a person means: by name, by `account.region.name`, by ARN, or by either of the two with `@` and the creation time, also a deleted
 * one. Fails with `ClusterNotFound`, `AmbiguousCluster` (its details list the candidates), or `InvalidInput`.
 */
export async function findCluster(table: Table, text: string): Promise<ClusterRecord> {
  if (text.includes('@')) return byKey(table, text);
  const place = parseClusterArn(text) ?? parseShortId(text);
  if (place !== undefined) {
    const all = await loadRecordsOfName(table, place);
    return all.findLast((record) => record.deletedAt === undefined) ?? notFound(text, all.at(-1));
  }
  if (!/^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/.test(text)) {
    throw invalidInput(`"${text.slice(0, 200)}" names no cluster. Give its name, account.region.name, or its ARN.`);
  }
  // Names alone are a hundredth of what the inventory is: each command that names a cluster would read all of that.
  const keys = (await loadKind(table, ClusterNames)).flatMap(({ name, clusterKey }) =>
    name === text ? clusterKey : [],
  );
  const all = await loadAll(table, Clusters, keys.sort(compareTexts).map(Clusters.key));
  const living = all.filter((record) => record.deletedAt === undefined);
  const [only, ...others] = living;
  if (only === undefined) {
    const names = (await loadLivingRecords(table)).map(({ name }) => name);
    return notFound(text, all.at(-1), didYouMean(text, names));
  }
  if (others.length === 0) return only;
  const candidates = living.map((record) => ({ id: shortId(record), arn: record.arn })).sort(byId);
  throw new Refusal(
    'AmbiguousCluster',
    `${living.length} clusters are called ${text}: ${candidates.map(({ id }) => id).join(', ')}. Give one of these instead of the name.`,
    { candidates },
  );
}

async function byKey(table: Table, key: string): Promise<ClusterRecord> {
  if (key.length > 400) throw invalidInput('The key of a cluster has at most 400 characters.');
  const place = parseShortId(arnOf(key));
  if (place === undefined) return (await load(table, Clusters, key))?.data ?? notFound(key);
  return (await loadRecordsOfName(table, place)).find((one) => shortKeyOf(one.clusterKey) === key) ?? notFound(key);
}

function parseShortId(text: string): Place | undefined {
  const match = /^(\d{12})\.([a-z0-9-]{1,40})\.([0-9A-Za-z][0-9A-Za-z_-]{0,99})$/.exec(text);
  if (match === null) return undefined;
  const [, account = '', region = '', name = ''] = match;
  return { account, region, name };
}

/** `gone`: a deleted cluster that had the name. `meant`: the name of another one that is like it. */
function notFound(text: string, gone?: ClusterRecord, meant?: string): never {
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  throw namedError(
    'ClusterNotFound',
    gone === undefined
      ? `The inventory has no cluster ${text}.${hint} Run liftlock get clusters; a new one appears after the next discovery, within the hour.`
      : `The cluster ${text} was deleted (seen ${gone.deletedAt}). What is known of it: liftlock describe cluster ${shortKeyOf(gone.clusterKey)}`,
  );
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
