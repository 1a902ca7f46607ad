import type { MinuteSum } from '../ports/account.ts';
import { compareRates, MINUTES_TO_COMPARE, type MinuteBin } from './compare-rates.ts';
import type { RateVerdict } from './probe-verdict.ts';

/**
 * What EKS tells CloudWatch of each cluster of Kubernetes 1.28 and newer, once a minute and for nothing: counts of all API servers of the cluster in
 * that minute, whose valid statistic is Sum. https://docs.aws.amazon.com/eks/latest/userguide/cloudwatch.html
 *
 * Of latency it has a 99th percentile for each verb (`apiserver_request_duration_seconds_GET_P99`), a figure without the requests behind it. Nobody
 * can say how much of that is chance, so that it is not compared.
 */
export const API_SERVER_METRICS = {
  namespace: 'AWS/EKS',
  dimension: 'ClusterName',
  requests: 'apiserver_request_total',
  errors: 'apiserver_request_total_5XX',
} as const;

/** With one hour the scatter of blocks is known so badly that a third of all comparisons tells nothing (`npm run bench -- probe-power` has two). */
const BEFORE_MINUTES = 120;
/** CloudWatch gets minutes late, and what several API servers tell in parts: the newest ones, a block of the comparison, are left out. */
export const LATE_MINUTES = 5;
const MINUTE = 60_000;

export interface Span {
  readonly from: Date;
  readonly to: Date;
}

/** Whole minutes that are read; what nothing can be there of yet is undefined, since CloudWatch refuses to be asked for no time. */
export function spansOf(hop: Hop, now: Date): { readonly before: Span; readonly after: Span | undefined } {
  const [changed, since] = [floor(hop.begunAt), ceiling(hop.endedAt)];
  const until = floor(now) - LATE_MINUTES * MINUTE;
  return {
    before: { from: new Date(changed - BEFORE_MINUTES * MINUTE), to: new Date(changed) },
    after: until <= since ? undefined : { from: new Date(since), to: new Date(until) },
  };
}

export interface Hop {
  /** Nothing was changed before that. */
  readonly begunAt: Date;
  /** What the hop takes was done by then. */
  readonly endedAt: Date;
}

const floor = (at: Date): number => Math.floor(at.getTime() / MINUTE) * MINUTE;
const ceiling = (at: Date): number => Math.ceil(at.getTime() / MINUTE) * MINUTE;

export type MetricSums = Readonly<Record<string, readonly MinuteSum[]>>;

/** A minute in which requests were counted and no error has none: an API server that has failed nothing has no such count to tell of. */
export function binsOf(sums: MetricSums): MinuteBin[] {
  const minuteOf = ({ at }: MinuteSum): number => Math.floor(at.getTime() / MINUTE);
  const errors = new Map((sums[API_SERVER_METRICS.errors] ?? []).map((one) => [minuteOf(one), one.sum]));
  return (sums[API_SERVER_METRICS.requests] ?? []).map((one) => {
    const minute = minuteOf(one);
    return { minute, events: errors.get(minute) ?? 0, exposure: one.sum };
  });
}

/** As it was to be seen `LATE_MINUTES` ago. @param after nothing where it was not read */
export function compareApiErrors(hop: Hop, before: MetricSums, after: MetricSums, now: Date): RateVerdict {
  const late = LATE_MINUTES * MINUTE;
  const series = { probe: 'api-errors', before: binsOf(before), after: binsOf(after) } as const;
  const [verdict] = compareRates([series], new Date(now.getTime() - late));
  if (verdict?.concludesAt === undefined) return verdict as RateVerdict;
  const first = ceiling(hop.endedAt) + MINUTES_TO_COMPARE * MINUTE;
  const concludes = Math.max(first, Date.parse(verdict.concludesAt)) + late;
  return { ...verdict, concludesAt: new Date(concludes).toISOString() };
}
