import type { RegionVersions } from '../contracts/items/cluster.ts';
import { remembered } from '../model/remembered.ts';
import { type ClusterVersionRow, SupportCalendar } from './support-calendar.ts';

const BUILT_IN = SupportCalendar.builtIn();

/** Ten thousand clusters ask the same few Regions. */
const perRegion = (make: (rows: ClusterVersionRow[]) => SupportCalendar) =>
  remembered((region: RegionVersions) => make(rowsOf(region)), new WeakMap());

/** What a Region offers: what it said of its versions, and nothing else. */
export const regionOffer = perRegion((rows) => SupportCalendar.of(rows));

const overBuiltIn = perRegion((rows) => BUILT_IN.with(rows));

/** Until when a Region supports versions: what it said of them, over the table that ships with Liftlock for those it does not list any more. */
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
