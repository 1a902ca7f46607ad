import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import type { Document } from './documents.ts';
import { SeededChoices } from './seeded-choices.ts';

/** The queries to Prometheus about a cluster's service. */
const SERVICE = {
  requests: 'sum(rate(http_requests_total{cluster="{cluster}"}[1m])) * 60',
  errors: 'sum(rate(http_requests_total{cluster="{cluster}",code=~"5.."}[1m])) * 60',
  seconds: 'sum(rate(http_request_duration_seconds_sum{cluster="{cluster}"}[1m])) * 60',
} as const;

/** The series of the cluster with that name in Prometheus (eks/prometheus-series.ts). */
export const seriesOf = (cluster: string): NonNullable<ClusterRecord['prometheus']>[number] => {
  const of = (text: string): string => text.replaceAll('{cluster}', cluster);
  return { requests: of(SERVICE.requests), errors: of(SERVICE.errors), seconds: of(SERVICE.seconds), worse: {} };
};

/** The Jobs that test a team's clusters (people/test-runs.ts). */
export const TEST_JOBS = { namespace: 'tests', labels: { test: 'end-to-end' } } as const;

const QUERY = { name: 'service', url: 'https://prometheus.example.com' } as const;

/** The additional comparisons of a policy: rates, and tests where Liftlock reaches the API server. */
export function syntheticProbes(seed: number, network: string): Document {
  const choices = new SeededChoices(seed * 39_373 + network.length);
  const { requests, errors, seconds } = SERVICE;
  const query = choices.pick<Document>([{ errors }, { seconds }, { errors, seconds }]);
  const queries = [{ ...QUERY, requests, ...query }];
  const rates = choices.pick<Document>([{ apiServer: true }, { queries }, { apiServer: true, queries }]);
  const wait = choices.pick(['35m', '45m', '1h30m']);
  const jobs = [{ name: 'end-to-end', ...TEST_JOBS, wait: choices.pick(['30m', '2h']) }];
  const hasRates = choices.chance(network === 'open' ? 0.4 : 0.15);
  const hasTests = choices.chance(0.4) && network === 'open';
  if (!hasRates && !hasTests) return {};
  return { smoke: { ...(hasRates ? { rates: { ...rates, wait } } : {}), ...(hasTests ? { jobs } : {}) } };
}
