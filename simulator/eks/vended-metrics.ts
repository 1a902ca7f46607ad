import { atMost, remembered } from '../../core/model/remembered.ts';
import type { AskedMetric, MetricData, MetricMinute } from '../../core/ports/account.ts';
import type { Scope } from '../../core/ports/eks.ts';
import { API_SERVER_METRICS } from '../../core/probes/asked-rates.ts';
import { KubeVersion } from '../../core/version/kube-version.ts';
import { clusterArn } from './clusters.ts';
import { seededRandom } from './seeded-random.ts';
import type { ClusterRecord, FakeEksState, Regression } from './state/fake-eks-state.ts';

const MINUTE = 60_000;
const DAY_MINUTES = 1_440;
/** How long CloudWatch keeps minutes. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html */
const KEPT = 15 * DAY_MINUTES * MINUTE;
/** A minute appears this long after its end. */
const LATE = 2 * MINUTE;
const FIRST_VERSION = KubeVersion.parse('1.28');
const LOAD_BALANCERS = 'AWS/ApplicationELB';
/** For these services CloudWatch has the generated values, and none that were put. */
export const VENDED_NAMESPACES: readonly string[] = [API_SERVER_METRICS.namespace, LOAD_BALANCERS];

/**
 * The values that services publish to CloudWatch for a cluster and its load balancers. Nothing is stored: each minute follows from the cluster's ARN,
 * its history and the minute itself. Rates follow the hour of the day, depend on the previous minutes, and rise while updates run; `apiErrors` of the
 * cluster and `errors` and `latency` of its load balancers are regressions of a minor.
 * https://docs.aws.amazon.com/eks/latest/userguide/cloudwatch.html
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export function vendedData(
  state: FakeEksState,
  scope: Scope,
  { metrics, from, to }: MetricData,
  now: number,
): MetricMinute[][] {
  return metrics.map((metric) => {
    const found = counterOf(state, scope, metric);
    if (found === undefined) return [];
    const first = Math.ceil(Math.max(from.getTime(), now - KEPT, found.cluster.createdAt) / MINUTE);
    const end = Math.min(to.getTime(), now - LATE) / MINUTE;
    const minutes: MetricMinute[] = [];
    for (let minute = first; minute < end; minute += 1) {
      const value = found.count(minute);
      if (value !== undefined) minutes.push({ at: new Date(minute * MINUTE), value });
    }
    return minutes;
  });
}

interface Counter {
  readonly cluster: ClusterRecord;
  /** Undefined for a minute without values. */
  readonly count: (minute: number) => number | undefined;
}

function counterOf(state: FakeEksState, { account, region }: Scope, asked: AskedMetric): Counter | undefined {
  const { namespace, dimensions, metric, statistic } = asked;
  const [[dimension, name] = ['', ''], ...others] = Object.entries(dimensions);
  if (others.length > 0) return undefined;
  if (namespace === API_SERVER_METRICS.namespace && dimension === API_SERVER_METRICS.dimension) {
    const cluster = state.clusters[clusterArn(account, region, name)];
    const count = API_SERVER[metric];
    if (cluster === undefined || count === undefined) return undefined;
    const isTold = (minute: number) => !versionAt(cluster, minute).isOlderThan(FIRST_VERSION);
    return {
      cluster,
      count: (minute) => (isTold(minute) ? (statistic === 'Sum' ? count(cluster, minute) : 1) : undefined),
    };
  }
  if (namespace !== LOAD_BALANCERS || dimension !== 'LoadBalancer') return undefined;
  const here = Object.values(state.clusters).filter((one) => one.account === account && one.region === region);
  const cluster = here.find(({ loadBalancers = [] }) => loadBalancers.some((one) => one.name === name));
  const balancer = cluster?.loadBalancers?.find((one) => one.name === name);
  if (cluster === undefined || balancer === undefined) return undefined;
  const { requests, failed, seconds } = serviceLoad(cluster, name, balancer);
  // Each request is a sample; failures are published only where there are any.
  if (metric === 'RequestCount') return { cluster, count: requests };
  if (metric === 'HTTPCode_Target_5XX_Count') return { cluster, count: (minute) => failed(minute) || undefined };
  if (metric === 'TargetResponseTime') return { cluster, count: statistic === 'Sum' ? seconds : requests };
  return undefined;
}

/** The counts of a cluster's service in a minute (since 1970): requests, failed ones, and the seconds of all together. */
export function serviceLoad(
  cluster: ClusterRecord,
  name: string,
  worse: { readonly errors?: Regression | undefined; readonly latency?: Regression | undefined },
): Readonly<Record<'requests' | 'failed' | 'seconds', (minute: number) => number>> {
  const seed = `${cluster.arn} ${name}`;
  const requests = (minute: number): number => requestsIn(seed, minute);
  return {
    requests,
    failed: (minute) => Math.round(requests(minute) * rateIn(cluster, `${seed} errors`, minute, 0.004, worse.errors)),
    seconds: (minute) => requests(minute) * rateIn(cluster, `${seed} seconds`, minute, 0.08, worse.latency),
  };
}

const API_SERVER: Readonly<Record<string, (cluster: ClusterRecord, minute: number) => number>> = {
  [API_SERVER_METRICS.requests]: ({ arn }, minute) => requestsIn(arn, minute),
  [API_SERVER_METRICS.errors]: (cluster, minute) =>
    Math.round(
      requestsIn(cluster.arn, minute) * rateIn(cluster, `${cluster.arn} errors`, minute, 0.004, cluster.apiErrors),
    ),
};

const versionAt = ({ versions, version }: ClusterRecord, minute: number): KubeVersion =>
  KubeVersion.parse(versions.findLast(({ since }) => since <= minute * MINUTE)?.version ?? version);

function requestsIn(seed: string, minute: number): number {
  const phase = DAY_MINUTES * chanceOf(hashOf(seed), -1);
  return Math.round(3_000 * (1 + 0.3 * dayAt(minute + phase)) * Math.exp(0.1 * leaning(`${seed} requests`, minute)));
}

/** The rate of a request, about `usual`. */
function rateIn(
  cluster: ClusterRecord,
  seed: string,
  minute: number,
  usual: number,
  worse: Regression | undefined,
): number {
  const isWorse = worse !== undefined && !versionAt(cluster, minute).isOlderThan(KubeVersion.parse(worse.from));
  const isMoving = cluster.updates.some(
    ({ createdAt, endedAt = Infinity }) => createdAt <= minute * MINUTE && minute * MINUTE < endedAt + 3 * MINUTE,
  );
  const rate = usual * Math.exp(0.1 * dayAt(minute) + 0.15 * leaning(seed, minute));
  return rate * (isMoving ? 3 : 1) * (isWorse ? worse.times : 1);
}

const dayAt = (minute: number): number => Math.sin((2 * Math.PI * minute) / DAY_MINUTES);

/** About a standard normal, which correlates with the previous minute. */
function leaning(seed: string, minute: number): number {
  const hash = hashOf(seed);
  let [sum, squares] = [0, 0];
  for (let back = 0; back < 6; back += 1) {
    const weight = 0.7 ** back;
    let normal = -2;
    for (let one = 0; one < 4; one += 1) normal += chanceOf(hash, 4 * (minute - back) + one);
    // The sum of four has a variance of a third.
    sum += weight * normal * Math.sqrt(3);
    squares += weight ** 2;
  }
  return sum / Math.sqrt(squares);
}

/** In [0, 1), from the hash of a text and the number only. */
const chanceOf = (hash: number, number: number): number => seededRandom(hash ^ Math.imul(number, 2_654_435_761))();

/** Every minute needs the same few texts. */
const hashOf = remembered((text: string): number => {
  let hash = 2_166_136_261;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 16_777_619);
  return hash;
}, atMost(10_000));
