import type { MetricMinute } from '../../core/ports/account.ts';
import type { Prometheus } from '../../core/ports/prometheus.ts';
import type { ClusterRecord } from '../eks/state/cluster-record.ts';
import type { FakeEksState } from '../eks/state/fake-eks-state.ts';
import { serviceLoad } from '../eks/vended-metrics.ts';

const MINUTE = 60_000;

/**
 * Has the series that clusters of the scenario say they have (`prometheus`), by the text of the query, whatever the URL: it reads no PromQL. What nobody
 * has is an empty answer, as of a metric that Prometheus does not know. A cluster that was not there yet has counted nothing.
 */
export function createInMemoryPrometheus({ clusters }: FakeEksState, now: () => number): Prometheus {
  return {
    async readMinutes({ query }, _, { from, to }) {
      for (const cluster of Object.values(clusters)) {
        const count = countOf(cluster, query);
        if (count === undefined) continue;
        const minutes: MetricMinute[] = [];
        const end = Math.min(to.getTime(), now()) / MINUTE;
        for (let minute = Math.ceil(Math.max(from.getTime(), cluster.createdAt) / MINUTE); minute < end; minute += 1)
          minutes.push({ at: new Date(minute * MINUTE), value: count(minute) });
        return minutes;
      }
      return [];
    },
  };
}

function countOf(cluster: ClusterRecord, query: string): ((minute: number) => number) | undefined {
  for (const { requests, errors, seconds, worse } of cluster.prometheus ?? []) {
    const load = serviceLoad(cluster, requests, { errors: worse.errors, latency: worse.seconds });
    if (query === requests) return load.requests;
    if (query === errors) return load.failed;
    if (query === seconds) return load.seconds;
  }
  return undefined;
}
