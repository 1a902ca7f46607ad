import { dayOrInstant } from '../config/day-or-instant.ts';
import { durationMilliseconds } from '../config/schema/quantities.ts';
import type { UpgradePolicySpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { supportOf } from '../version/cluster-support.ts';
import { SupportCalendar } from '../version/support-calendar.ts';

export interface PolicyDeadline {
  readonly policy: string;
  /** Milliseconds since the epoch, exclusive; undefined = every cluster is overdue, so nothing is left to hold it for. */
  readonly at: number | undefined;
  /** As the policy says it. */
  readonly source: string;
  /** Whose own date has passed; they do not count. */
  readonly overdue: readonly { readonly cluster: ClusterRecord; readonly at: number }[];
}

const CALENDAR = SupportCalendar.builtIn();

/** A deadline as the policy says it. */
export function deadlineSource(deadline: NonNullable<UpgradePolicySpec['deadline']>): string {
  if (typeof deadline === 'string') return deadline;
  const { beforeEndOf, margin } = deadline;
  const what = beforeEndOf === 'standardSupport' ? 'standard support' : 'extended support';
  return `${margin === '0s' ? '' : `${margin} before `}the end of ${what}`;
}

/**
 * By when the clusters of a policy that need work are to be done; undefined = it has no deadline. `beforeEndOf` is the earliest over the
 * versions that the clusters run, those whose own date has passed left out (semantics.md, Deadline and Plan).
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
    return end === undefined ? [] : [{ cluster, at: end.getTime() - durationMilliseconds(margin) }];
  });
  const ahead = own.filter(({ at }) => at > now.getTime());
  return {
    policy,
    at: ahead.length === 0 ? undefined : ahead.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY),
    source: deadlineSource(deadline),
    overdue: own.filter(({ at }) => at <= now.getTime()),
  };
}
