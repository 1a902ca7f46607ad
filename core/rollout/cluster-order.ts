import type { UpgradePolicySpec } from '../config/types.ts';
import type { ClusterRecord, RegionVersions } from '../contracts/items/cluster.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { latenessPerDay } from '../version/lateness.ts';
import { SupportCalendar } from '../version/support-calendar.ts';

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
  const calendars = new Map<string, SupportCalendar>();
  const rank = ({ name, clusterKey, insights, region, version }: ClusterRecord): Rank => {
    const support = () => supportOf(calendars, regions, region).supportStatus(KubeVersion.parse(version), now);
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

function supportOf(
  known: Map<string, SupportCalendar>,
  regions: ReadonlyMap<string, RegionVersions>,
  region: string,
): SupportCalendar {
  const calendar = known.get(region) ?? regionSupport(regions.get(region));
  known.set(region, calendar);
  return calendar;
}

/** What a Region says of its versions; before it was asked, what Liftlock's own table says. */
function regionSupport(region: RegionVersions | undefined): SupportCalendar {
  if (region === undefined) return SupportCalendar.builtIn();
  return SupportCalendar.builtIn().with(
    region.versions.map(({ version, status, endOfStandardSupport, endOfExtendedSupport }) => ({
      clusterVersion: version,
      versionStatus: status,
      ...(endOfStandardSupport === undefined ? {} : { endOfStandardSupportDate: new Date(endOfStandardSupport) }),
      ...(endOfExtendedSupport === undefined ? {} : { endOfExtendedSupportDate: new Date(endOfExtendedSupport) }),
    })),
  );
}
