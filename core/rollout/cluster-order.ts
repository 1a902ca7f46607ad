import type { UpgradePolicySpec } from '../config/types.ts';
import type { ClusterRecord, RegionVersions } from '../contracts/items/cluster.ts';
import { supportOf } from '../version/cluster-support.ts';
import { latenessPerDay } from '../version/lateness.ts';
import { regionCalendar } from '../version/region-calendar.ts';

type Key = UpgradePolicySpec['order'][number];
type Rank = readonly (number | string)[];

const LAST = Number.POSITIVE_INFINITY;

/**
 * Sorts clusters of one wave as the policy's `order` says: the nearest end of standard support first, the most dollars a day, the fewest
 * warnings, the name, a label. What is not known sorts last; what is equal by all of it goes by name, then by key (semantics.md, Order).
 */
export function inOrder<Item extends { readonly cluster: ClusterRecord }>(
  items: readonly Item[],
  order: readonly Key[],
  regions: ReadonlyMap<string, RegionVersions>,
  now: Date,
): Item[] {
  const rank = (cluster: ClusterRecord): Rank => {
    const { name, clusterKey, insights, labels, region } = cluster;
    const support = () => supportOf(cluster, regionCalendar(regions.get(region)), now);
    const ranked = (key: Key): Rank => {
      if (typeof key === 'object') return byLabel(key, labels[key.label]);
      if (key === 'name') return [name];
      if (key === 'risk') return [insights.warning + insights.error];
      if (key === 'deadline') return [support().endOfStandardSupport?.getTime() ?? LAST];
      const dollars = latenessPerDay(support().state);
      return [dollars === undefined ? LAST : -dollars];
    };
    return [...order.flatMap(ranked), name, clusterKey];
  };
  return items
    .map((item) => ({ item, rank: rank(item.cluster) }))
    .sort((a, b) => compare(a.rank, b.rank))
    .map(({ item }) => item);
}

/** Numbers before text, and both before what has no such label; of a list of values the place in it. */
function byLabel({ values }: Exclude<Key, string>, value: string | undefined): Rank {
  if (values !== undefined) {
    const place = value === undefined ? LAST : values.indexOf(value);
    return [place === -1 ? values.length : place];
  }
  if (value === undefined) return [2, 0];
  return /^-?\d+(\.\d+)?$/.test(value) ? [0, Number(value)] : [1, value];
}

/** Of ranks that are made in the same way: in each place both are numbers or both are text, or the place before tells them apart. */
function compare(a: Rank, b: Rank): number {
  const place = a.findIndex((one, index) => one !== b[index]);
  const [one, other] = [a[place], b[place]];
  return one === undefined || other === undefined ? 0 : one < other ? -1 : 1;
}
