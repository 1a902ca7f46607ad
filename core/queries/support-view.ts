import type { ClusterRecord, RegionVersions } from '../contracts/items/cluster.ts';
import { latenessPerDay, supportOf } from '../version/cluster-support.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { regionCalendar } from '../version/region-calendar.ts';
import type { SupportState } from '../version/support-status.ts';

/** How a version stands in a Region: what people pay for and until when. */
export interface SupportView {
  readonly state: SupportState;
  /** The next date that matters; null once unsupported, or where none is known. */
  readonly deadline: {
    readonly kind: string;
    readonly at: string;
    readonly daysLeft: number;
    /** Whether EKS moves the control plane by force from then on, at any time. */
    readonly forced: boolean;
  } | null;
  /** Dollars per cluster and day beyond the standard price; null where the state is unknown. */
  readonly dollarsPerDayLate: number | null;
}

/** Of a version, or of a cluster with what AWS plans for it. */
export function supportView(
  cluster: Pick<ClusterRecord, 'version' | 'plannedChanges' | 'supportType'>,
  region: RegionVersions | undefined,
  now: Date,
): SupportView {
  if (KubeVersion.tryParse(cluster.version) === undefined)
    return { state: 'unknown', deadline: null, dollarsPerDayLate: null };
  const { state, deadline } = supportOf(cluster, regionCalendar(region), now);
  return {
    state,
    deadline:
      deadline === undefined
        ? null
        : {
            kind: deadline.kind,
            at: deadline.at.toISOString(),
            daysLeft: deadline.daysLeft,
            forced: deadline.forced,
          },
    dollarsPerDayLate: latenessPerDay(state, cluster.supportType) ?? null,
  };
}
