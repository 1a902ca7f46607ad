import type { ClusterRecord, PlannedChange } from '../contracts/items/cluster.ts';
import { KubeVersion } from './kube-version.ts';
import type { SupportCalendar } from './support-calendar.ts';
import { daysTo, type SupportDeadline, type SupportState, type SupportStatus } from './support-status.ts';

type Supported = Pick<ClusterRecord, 'version' | 'plannedChanges' | 'supportType'>;

/** All newer events of this kind have this suffix (https://docs.aws.amazon.com/health/latest/ug/aws-health-planned-lifecycle-events.html). */
const isEndOfLife = ({ code }: PlannedChange): boolean => code.endsWith('_PLANNED_LIFECYCLE_EVENT');

const toCome = ({ plannedChanges = [] }: Supported, now: Date): readonly PlannedChange[] =>
  plannedChanges.filter(({ at }) => Date.parse(at) > now.getTime());

/**
 * The support of a cluster: that of its version, by the calendar of its Region and its own upgrade policy in EKS. An end of life that AWS Health has
 * announced for the cluster itself shortens the period in which it falls, and never extends one.
 */
export function supportOf(cluster: Supported, calendar: SupportCalendar, now: Date): SupportStatus {
  const known = calendar.supportStatus(KubeVersion.parse(cluster.version), now, cluster.supportType);
  const told = toCome(cluster, now).find(isEndOfLife);
  if (told === undefined || known.deadline === undefined) return known;
  const { kind, forced, at: end } = known.deadline;
  const at = new Date(told.at);
  if (at >= end) return known;
  const forcedFrom = forced ? { endOfExtendedSupport: at } : {};
  return { ...known, [kind]: at, ...forcedFrom, deadline: { kind, forced, ...daysTo(at, now) } };
}

/** A date that matters to a cluster: the end of its support, or another change that AWS plans. */
export type ClusterDeadline =
  | SupportDeadline
  | (Omit<SupportDeadline, 'kind' | 'forced'> & { readonly kind: 'plannedChange'; readonly change: PlannedChange });

/** All deadlines of a cluster. An earlier plan of AWS postpones no other deadline. */
export function deadlinesOf(cluster: Supported, calendar: SupportCalendar, now: Date): ClusterDeadline[] {
  const { deadline } = supportOf(cluster, calendar, now);
  const changes = toCome(cluster, now).filter((one) => deadline === undefined || !isEndOfLife(one));
  const planned = changes.map((change) => ({
    kind: 'plannedChange' as const,
    change,
    ...daysTo(new Date(change.at), now),
  }));
  return deadline === undefined ? planned : [deadline, ...planned];
}

/** Dollars per cluster-hour. It is a value of config, since AWS may change its prices, and provisioned control planes cost extra. */
interface ControlPlanePrice {
  readonly standard: number;
  readonly extended: number;
}

/** List prices of AWS in 2026; the canonical page is https://aws.amazon.com/eks/pricing/ (facts: eks.md §1.4). */
const listPrice: ControlPlanePrice = { standard: 0.1, extended: 0.6 };

/**
 * The cost of being late, in dollars per cluster and day beyond the standard price: $12 at list price. An unsupported version is billed as extended
 * until EKS upgrades it; a cluster with `supportType: STANDARD` never pays it (facts: eks.md §1.3). `undefined` where the support state is unknown,
 * which is not zero.
 */
export function latenessPerDay(
  state: SupportState,
  supportType?: string,
  price: ControlPlanePrice = listPrice,
): number | undefined {
  if (state === 'unknown') return undefined;
  if (state === 'standard' || supportType === 'STANDARD') return 0;
  // Whole cents: 0.6 - 0.1 is 0.49999999999999994 in binary, and people would see 11.999….
  return Math.round((price.extended - price.standard) * 24 * 100) / 100;
}
