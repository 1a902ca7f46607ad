import { namedError } from '../../core/contracts/errors.ts';
import type { MetricMinute } from '../../core/ports/account.ts';
import type { AskedQuery, Prometheus } from '../../core/ports/prometheus.ts';
import type { ClusterRecord, FakeEksState } from './state/fake-eks-state.ts';
import { serviceLoad } from './vended-metrics.ts';

const MINUTE = 60_000;

interface Span {
  readonly from: Date;
  readonly to: Date;
}

/**
 * Returns the series of the scenario's clusters (`prometheus`), by the text of the query: it reads no PromQL. A series with a workspace is only in
 * that one, any other at every URL. An unknown query has an empty answer, like a metric that Prometheus does not know; undefined when there is no
 * such workspace. Before its creation a cluster has counted nothing.
 */
export function minutesOfQuery(
  { clusters }: FakeEksState,
  asked: AskedQuery,
  { from, to }: Span,
  now: number,
): MetricMinute[] | undefined {
  const workspace = 'workspace' in asked ? asked.workspace : undefined;
  const placed = Object.values(clusters).flatMap((cluster) =>
    (cluster.prometheus ?? []).filter((one) => one.workspace === workspace).map((series) => ({ cluster, series })),
  );
  if (workspace !== undefined && placed.length === 0) return undefined;
  for (const { cluster, series } of placed) {
    const count = countOf(cluster, series, asked.query);
    if (count === undefined) continue;
    const minutes: MetricMinute[] = [];
    const end = Math.min(to.getTime(), now) / MINUTE;
    for (let minute = Math.ceil(Math.max(from.getTime(), cluster.createdAt) / MINUTE); minute < end; minute += 1)
      minutes.push({ at: new Date(minute * MINUTE), value: count(minute) });
    return minutes;
  }
  return [];
}

type Series = NonNullable<ClusterRecord['prometheus']>[number];

function countOf(
  cluster: ClusterRecord,
  { requests, errors, seconds, worse }: Series,
  query: string,
): ((minute: number) => number) | undefined {
  const load = serviceLoad(cluster, requests, { errors: worse.errors, latency: worse.seconds });
  if (query === requests) return load.requests;
  if (query === errors) return load.failed;
  return query === seconds ? load.seconds : undefined;
}

export const createInMemoryPrometheus = (state: FakeEksState, now: () => number): Prometheus => ({
  async readMinutes(asked, _, span) {
    const minutes = minutesOfQuery(state, asked, span, now());
    if (minutes === undefined) throw namedError('QueryRefused', 'It answered with HTTP status 404.');
    return minutes;
  },
});
