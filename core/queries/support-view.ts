import type { ClusterRecord, RegionVersions } from '../contracts/items/cluster.ts';
import { latenessPerDay, supportOf } from '../version/cluster-support.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { regionCalendar } from '../version/region-calendar.ts';

/** How a version stands in a Region: what people pay for it, and until when. */
export type SupportView = ReturnType<typeof supportView>;

/** The view of a version, or of a cluster with what AWS plans for it. */
export function supportView(
  cluster: Pick<ClusterRecord, 'version' | 'plannedChanges' | 'supportType'>,
  region: RegionVersions | undefined,
  now: Date,
) {
  if (KubeVersion.tryParse(cluster.version) === undefined)
    return { state: 'unknown' as const, deadline: null, dollarsPerDayLate: null };
  const { state, deadline } = supportOf(cluster, regionCalendar(region), now);
  return {
    state,
    /** The next date that matters; null once the version is unsupported, or where no date is known. */
    deadline:
      deadline === undefined
        ? null
        : {
            kind: deadline.kind,
            at: deadline.at.toISOString(),
            daysLeft: deadline.daysLeft,
            /** Whether EKS moves the control plane by force from then on, at any time. */
            forced: deadline.forced,
          },
    /** Dollars per cluster and day beyond the standard price; null where the state is unknown. */
    dollarsPerDayLate: latenessPerDay(state, cluster.supportType) ?? null,
  };
}
