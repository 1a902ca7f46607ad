import type { RegionVersions } from '../contracts/items/cluster.ts';
import { SupportCalendar } from '../version/support-calendar.ts';

/** What a Region said of its versions, over the table that ships with Liftlock for those it does not list any more. */
export function regionCalendar(region: RegionVersions | undefined): SupportCalendar {
  const rows = (region?.versions ?? []).map((row) => ({
    clusterVersion: row.version,
    versionStatus: row.status,
    ...(row.releaseDate === undefined ? {} : { releaseDate: new Date(row.releaseDate) }),
    ...(row.endOfStandardSupport === undefined ? {} : { endOfStandardSupportDate: new Date(row.endOfStandardSupport) }),
    ...(row.endOfExtendedSupport === undefined ? {} : { endOfExtendedSupportDate: new Date(row.endOfExtendedSupport) }),
  }));
  return SupportCalendar.builtIn().with(rows);
}
