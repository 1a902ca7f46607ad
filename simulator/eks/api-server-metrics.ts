import type { MetricMinutes, MinuteSum } from '../../core/ports/account.ts';
import type { Scope } from '../../core/ports/eks.ts';
import { API_SERVER_METRICS } from '../../core/probes/api-server-rates.ts';
import { KubeVersion } from '../../core/version/kube-version.ts';
import { clusterArn } from './clusters.ts';
import { seededRandom } from './seeded-random.ts';
import type { ClusterRecord } from './state/cluster-record.ts';
import type { FakeEksState } from './state/fake-eks-state.ts';

const MINUTE = 60_000;
const DAY_MINUTES = 1_440;
/** How long CloudWatch keeps minutes. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html */
const KEPT = 15 * DAY_MINUTES * MINUTE;
/** A minute is there so long after its end. */
const LATE = 2 * MINUTE;
const FIRST_VERSION = KubeVersion.parse('1.28');

/**
 * What EKS has told CloudWatch of a cluster: nothing is kept of it, each minute follows from the cluster's ARN, its history and the minute itself. Rates
 * follow the hour of the day, lean on the minutes before, and rise while updates run; `apiErrors` of the cluster is a regression of a minor.
 * https://docs.aws.amazon.com/eks/latest/userguide/cloudwatch.html
 */
export function apiServerSums(
  state: FakeEksState,
  { account, region }: Scope,
  { namespace, dimensions, metrics, from, to }: MetricMinutes,
  now: number,
): Record<string, readonly MinuteSum[]> {
  const name = dimensions[API_SERVER_METRICS.dimension] ?? '';
  const isKnown = namespace === API_SERVER_METRICS.namespace && Object.keys(dimensions).length === 1;
  const cluster = isKnown ? state.clusters[clusterArn(account, region, name)] : undefined;
  const first = Math.ceil(Math.max(from.getTime(), now - KEPT, cluster?.createdAt ?? 0) / MINUTE);
  const end = Math.min(to.getTime(), now - LATE) / MINUTE;
  const minutes: number[] = [];
  for (let minute = first; minute < end; minute += 1) if (isCounted(cluster, minute)) minutes.push(minute);
  return Object.fromEntries(
    metrics.map((metric) => {
      const count = COUNTS[metric];
      if (cluster === undefined || count === undefined) return [metric, []];
      return [metric, minutes.map((minute) => ({ at: new Date(minute * MINUTE), sum: count(cluster, minute) }))];
    }),
  );
}

const COUNTS: Readonly<Record<string, (cluster: ClusterRecord, minute: number) => number>> = {
  [API_SERVER_METRICS.requests]: requestsIn,
  [API_SERVER_METRICS.errors]: errorsIn,
};

const versionAt = ({ versions, version }: ClusterRecord, minute: number): KubeVersion =>
  KubeVersion.parse(versions.findLast(({ since }) => since <= minute * MINUTE)?.version ?? version);

const isCounted = (cluster: ClusterRecord | undefined, minute: number): boolean =>
  cluster !== undefined && !versionAt(cluster, minute).isOlderThan(FIRST_VERSION);

function requestsIn({ arn }: ClusterRecord, minute: number): number {
  const phase = DAY_MINUTES * chanceOf(arn, -1);
  return Math.round(3_000 * (1 + 0.3 * dayAt(minute + phase)) * Math.exp(0.1 * leaning(`${arn} requests`, minute)));
}

function errorsIn(cluster: ClusterRecord, minute: number): number {
  const { arn, apiErrors, updates } = cluster;
  const isWorse = apiErrors !== undefined && !versionAt(cluster, minute).isOlderThan(KubeVersion.parse(apiErrors.from));
  const isMoving = updates.some(
    ({ createdAt, endedAt = Infinity }) => createdAt <= minute * MINUTE && minute * MINUTE < endedAt + 3 * MINUTE,
  );
  const rate = 0.004 * Math.exp(0.1 * dayAt(minute) + 0.15 * leaning(`${arn} errors`, minute));
  return Math.round(requestsIn(cluster, minute) * rate * (isMoving ? 3 : 1) * (isWorse ? apiErrors.times : 1));
}

const dayAt = (minute: number): number => Math.sin((2 * Math.PI * minute) / DAY_MINUTES);

/** About a standard normal, of which most is the same in the minute before. */
function leaning(seed: string, minute: number): number {
  let [sum, squares] = [0, 0];
  for (let back = 0; back < 6; back += 1) {
    const weight = 0.7 ** back;
    // The sum of four has a variance of a third.
    const normal =
      [0, 1, 2, 3].reduce((total, one) => total + chanceOf(seed, 4 * (minute - back) + one), -2) * Math.sqrt(3);
    sum += weight * normal;
    squares += weight ** 2;
  }
  return sum / Math.sqrt(squares);
}

/** In [0, 1), by the text and the number alone. */
function chanceOf(text: string, number: number): number {
  let hash = 2_166_136_261;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 16_777_619);
  return seededRandom(hash ^ Math.imul(number, 2_654_435_761))();
}
