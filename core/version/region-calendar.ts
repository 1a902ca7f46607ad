import type { RegionVersions } from '../contracts/items/cluster.ts';
import { type ClusterVersionRow, SupportCalendar } from './support-calendar.ts';

const BUILT_IN = SupportCalendar.builtIn();

/** What a Region offers, by its own answer only. */
export const regionOffer = remembered((region) => SupportCalendar.of(rowsOf(region)));

const overBuiltIn = remembered((region) => BUILT_IN.with(rowsOf(region)));

/** Until when a Region supports versions: its own answer, and the table of this release for versions that it no longer lists. */
export const regionCalendar = (region: RegionVersions | undefined): SupportCalendar =>
  region === undefined ? BUILT_IN : overBuiltIn(region);

function rowsOf({ versions }: RegionVersions): ClusterVersionRow[] {
  return versions.map((row) => ({
    clusterVersion: row.version,
    versionStatus: row.status,
    ...(row.releaseDate === undefined ? {} : { releaseDate: new Date(row.releaseDate) }),
    ...(row.endOfStandardSupport === undefined ? {} : { endOfStandardSupportDate: new Date(row.endOfStandardSupport) }),
    ...(row.endOfExtendedSupport === undefined ? {} : { endOfExtendedSupportDate: new Date(row.endOfExtendedSupport) }),
  }));
}

/** Ten thousand clusters use the same few Regions. */
function remembered(make: (region: RegionVersions) => SupportCalendar): (region: RegionVersions) => SupportCalendar {
  const known = new WeakMap<RegionVersions, SupportCalendar>();
  return (region) => {
    const calendar = known.get(region) ?? make(region);
    known.set(region, calendar);
    return calendar;
  };
}
