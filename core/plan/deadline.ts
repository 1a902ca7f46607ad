import { dayOrInstant } from '../config/day-or-instant.ts';
import { durationMilliseconds } from '../config/schema/quantities.ts';
import type { UpgradePolicySpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { supportOf } from '../version/cluster-support.ts';
import { SupportCalendar } from '../version/support-calendar.ts';

export interface PolicyDeadline {
  readonly policy: string;
  /** Milliseconds since the epoch, exclusive; undefined = the support of every cluster is over, or nobody knows until when it lasts. */
  readonly at: number | undefined;
  /** The deadline in the words of the policy. */
  readonly source: string;
  /** Clusters whose support is over: with one of them the deadline is missed, whatever the others do. */
  readonly overdue: readonly { readonly cluster: ClusterRecord; readonly at: number }[];
}

const CALENDAR = SupportCalendar.builtIn();

/**
 * A deadline in the words of the policy. `supportType` is that of the cluster that sets the deadline: EKS moves a cluster without extended support by
 * force when its standard support ends.
 */
export function deadlineSource(deadline: NonNullable<UpgradePolicySpec['deadline']>, supportType?: string): string {
  if (typeof deadline === 'string') return deadline;
  const { beforeEndOf, margin } = deadline;
  const extended = supportType === 'STANDARD' ? 'standard support, when EKS upgrades by force' : 'extended support';
  const what = beforeEndOf === 'standardSupport' ? 'standard support' : extended;
  return `${margin === '0s' ? '' : `${margin} before `}the end of ${what}`;
}

/**
 * By when the clusters of a policy that need work are to be done; undefined = the policy has no deadline. `beforeEndOf` is the earliest end over the
 * versions that the clusters run; for a cluster whose margin has begun, the end of support itself counts.
 */
export function deadlineOf(
  policy: string,
  { deadline }: Pick<UpgradePolicySpec, 'deadline'>,
  clusters: readonly ClusterRecord[],
  now: Date,
): PolicyDeadline | undefined {
  if (deadline === undefined || clusters.length === 0) return undefined;
  if (typeof deadline === 'string')
    return { policy, at: dayOrInstant(deadline)?.getTime(), source: deadlineSource(deadline), overdue: [] };
  const { beforeEndOf, margin } = deadline;
  const own = clusters.flatMap((cluster) => {
    const support = supportOf(cluster, CALENDAR, now);
    const end = beforeEndOf === 'standardSupport' ? support.endOfStandardSupport : support.endOfExtendedSupport;
    if (end === undefined) return [];
    const before = end.getTime() - durationMilliseconds(margin);
    return [{ cluster, at: before > now.getTime() ? before : end.getTime(), hasBegun: before <= now.getTime() }];
  });
  const [first] = own.filter(({ at }) => at > now.getTime()).sort((a, b) => a.at - b.at);
  return {
    policy,
    at: first?.at,
    source: `${deadlineSource(deadline, first?.cluster.supportType)}${first?.hasBegun && margin !== '0s' ? ', which has begun: the end itself' : ''}`,
    overdue: own.filter(({ at }) => at <= now.getTime()),
  };
}
