import type { UpgradePolicySpec } from '../config/types.ts';
import { canonicalJson, sha256Hex } from '../hash/canonical-json.ts';
import { given } from '../model/given.ts';
import { fillCluster } from '../model/placeholders.ts';
import type { AskedMetric } from '../ports/account.ts';
import type { AskedQuery, PrometheusApi } from '../ports/prometheus.ts';
import { PROBES, type RateProbe, type RateVerdict } from './probe-verdict.ts';

/**
 * EKS publishes these in CloudWatch for each cluster of Kubernetes 1.28 and newer, once a minute and free of charge: counts of all API servers of the
 * cluster in that minute, whose valid statistic is Sum. https://docs.aws.amazon.com/eks/latest/userguide/cloudwatch.html
 * For latency it has a 99th percentile for each verb (`apiserver_request_duration_seconds_GET_P99`) without the number of requests. Nobody can tell
 * how much of that is chance, so it is not compared.
 */
export const API_SERVER_METRICS = {
  namespace: 'AWS/EKS',
  dimension: 'ClusterName',
  requests: 'apiserver_request_total',
  errors: 'apiserver_request_total_5XX',
} as const;

/** A rate of a policy: events per exposure, by two metrics of CloudWatch or two queries of a Prometheus API. */
export type AskedRate = { readonly probe: RateProbe; readonly of?: RateVerdict['of'] } & (
  | { readonly from: 'cloudwatch'; readonly events: AskedMetric; readonly exposure: AskedMetric }
  | { readonly from: 'prometheus'; readonly events: AskedQuery; readonly exposure: AskedQuery }
);

type Rates = NonNullable<UpgradePolicySpec['smoke']['rates']>;
type Place = Pick<AskedMetric, 'namespace' | 'dimensions'>;

/** The rates that a policy has compared for a cluster. */
export function askedRates(rates: Rates, cluster: string): AskedRate[] {
  return [...metricRates(rates, cluster), ...(rates.queries ?? []).flatMap((one) => queryRates(one, cluster))];
}

/**
 * All queries of one URL or workspace are one source, because one cause (a scrape, a label that a minor renames) breaks all of them. Queries about
 * API servers belong to the API server's source, however they are counted.
 */
function queryRates(
  { name, url: said, workspace = '', secret, requests, errors, seconds }: NonNullable<Rates['queries']>[number],
  cluster: string,
): AskedRate[] {
  const url = said === undefined ? undefined : fillCluster(said, cluster);
  const isOfServer = [requests, errors, seconds].some((text) => text?.includes(API_SERVER_PREFIX));
  const of = { name, source: isOfServer ? PROBES['api-errors'].source : (url?.replace(/\/+$/, '') ?? workspace) };
  const api: PrometheusApi = url === undefined ? { workspace } : { url, ...given({ secret }) };
  const ask = (text: string) => ({ ...api, query: fillCluster(text, cluster) });
  const exposure = ask(requests);
  const rate = (probe: RateProbe, text: string | undefined): AskedRate[] =>
    text === undefined ? [] : [{ from: 'prometheus', probe, of, events: ask(text), exposure }];
  return [...rate('metric-errors', errors), ...rate('metric-latency', seconds)];
}
/** The prefix of the metrics of Kubernetes' API server: https://kubernetes.io/docs/reference/instrumentation/metrics/ */
const API_SERVER_PREFIX = 'apiserver_';

function metricRates({ apiServer, metrics = [] }: Rates, cluster: string): AskedRate[] {
  const server = { namespace: API_SERVER_METRICS.namespace, dimensions: { [API_SERVER_METRICS.dimension]: cluster } };
  const placed = metrics.map((one) => ({ ...one, dimensions: placeIn(one.dimensions, cluster) }));
  const rates: AskedRate[] = placed.flatMap(({ name, requests, errors, latency, namespace, dimensions }) => {
    const of = { name, source: sourceOf({ namespace, dimensions }, server, placed) };
    const ask = (metric: string, statistic: AskedMetric['statistic'] = 'Sum') =>
      ({ namespace, dimensions, metric, statistic }) as const;
    const found: AskedRate[] = [];
    if (errors !== undefined && requests !== undefined)
      found.push({ from: 'cloudwatch', probe: 'metric-errors', of, events: ask(errors), exposure: ask(requests) });
    if (latency !== undefined)
      found.push({
        from: 'cloudwatch',
        probe: 'metric-latency',
        of,
        events: ask(latency),
        exposure: ask(latency, 'SampleCount'),
      });
    return found;
  });
  if (apiServer !== true) return rates;
  const { requests, errors } = API_SERVER_METRICS;
  const ask = (metric: string) => ({ ...server, metric, statistic: 'Sum' }) as const;
  return [{ from: 'cloudwatch', probe: 'api-errors', events: ask(errors), exposure: ask(requests) }, ...rates];
}

const placeIn = (dimensions: Readonly<Record<string, string>>, cluster: string): Record<string, string> =>
  Object.fromEntries(Object.entries(dimensions).map(([name, value]) => [name, fillCluster(value, cluster)]));

/**
 * The source of a metric. Counts of a part (one target group or zone of a load balancer) are no second source beside the whole, and EKS's metrics of
 * the cluster belong to the API server.
 */
function sourceOf(place: Place, server: Place, others: readonly Place[]): string {
  if (isWithin(place, server)) return PROBES['api-errors'].source;
  const wholes = others.filter((one) => isWithin(place, one));
  const [whole = place] = wholes.toSorted((a, b) => count(a) - count(b) || (textOf(a) < textOf(b) ? -1 : 1));
  const text = textOf(whole);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}… ${sha256Hex(text)}`;
}
/** Thirty dimensions of a thousand characters are too long for the record of ten verdicts. */
const LONGEST = 200;

const isWithin = (part: Place, { namespace, dimensions }: Place): boolean =>
  part.namespace === namespace && Object.entries(dimensions).every(([name, value]) => part.dimensions[name] === value);
const count = ({ dimensions }: Place): number => Object.keys(dimensions).length;
const textOf = ({ namespace, dimensions }: Place): string => `${namespace} ${canonicalJson(dimensions)}`;
