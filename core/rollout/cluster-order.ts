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
 * warnings, the name. What is not known sorts last; what is equal by all of it goes by name, then by key (semantics.md, Order).
 */
export function inOrder<Item extends { readonly cluster: ClusterRecord }>(
  items: readonly Item[],
  order: readonly Key[],
  regions: ReadonlyMap<string, RegionVersions>,
  now: Date,
): Item[] {
  const rank = (cluster: ClusterRecord): Rank => {
    const { name, clusterKey, insights, region } = cluster;
    const support = () => supportOf(cluster, regionCalendar(regions.get(region)), now);
    const value = (key: Key): number | string => {
      if (key === 'name') return name;
      if (key === 'risk') return insights.warning + insights.error;
      if (key === 'deadline') return support().endOfStandardSupport?.getTime() ?? LAST;
      const dollars = latenessPerDay(support().state);
      return dollars === undefined ? LAST : -dollars;
    };
    return [...order.map(value), name, clusterKey];
  };
  return items
    .map((item) => ({ item, rank: rank(item.cluster) }))
    .sort((a, b) => compare(a.rank, b.rank))
    .map(({ item }) => item);
}

function compare(a: Rank, b: Rank): number {
  for (const [index, one] of a.entries()) {
    const other = b[index];
    if (other === undefined || one === other) continue;
    return one < other ? -1 : 1;
  }
  return 0;
}
