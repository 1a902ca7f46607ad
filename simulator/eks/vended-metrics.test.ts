import { testWorld } from '../../test/material/eks/world.ts';
import { addCluster } from './add-cluster.ts';
import type { ClusterRecord } from './state/fake-eks-state.ts';
import { vendedData } from './vended-metrics.ts';

const scope = { account: '111111111111', region: 'eu-central-1' };
const [REQUESTS, ERRORS] = ['apiserver_request_total', 'apiserver_request_total_5XX'] as const;
const { fake } = testWorld((state) => {
  for (const name of ['web', 'api', 'worse']) addCluster(state, { ...scope, name, version: '1.36' });
  addCluster(state, { ...scope, name: 'old', version: '1.27' });
});
const { state } = fake;
const now = state.now;
const MINUTE = 60_000;
const clusterOf = (name: string) => Object.values(state.clusters).find((one) => one.name === name) as ClusterRecord;

const eks = (ClusterName: string, metric: string) =>
  ({ namespace: 'AWS/EKS', dimensions: { ClusterName }, metric, statistic: 'Sum' }) as const;

function sumsOf(ClusterName: string, minutes: number, end = now - 5 * MINUTE, at = now) {
  const [from, to] = [new Date(end - minutes * MINUTE), new Date(end)];
  const metrics = [eks(ClusterName, REQUESTS), eks(ClusterName, ERRORS)];
  const [requests = [], errors = []] = vendedData(state, scope, { metrics, from, to }, at);
  return { errors, rate: total(errors) / total(requests), count: requests.length };
}
const total = (minutes: readonly { value: number }[]) => minutes.reduce((sum, one) => sum + one.value, 0);

test('each minute follows from the cluster and the minute, whatever is read with it', () => {
  const { errors, rate, count } = sumsOf('web', 60);
  expect(count).toBe(60);
  expect(sumsOf('web', 30).errors).toEqual(errors.slice(30));
  expect(sumsOf('api', 60).errors).not.toEqual(errors);
  expect(new Set(errors.map(({ value }) => value)).size).toBeGreaterThan(10);
  expect(rate).toBeGreaterThan(0.002);
  expect(rate).toBeLessThan(0.008);
});

test('there is nothing of the newest two minutes, of what is older than 15 days, of other names and of minors before 1.28', () => {
  expect(sumsOf('web', 10, now).count).toBe(8);
  expect(sumsOf('web', 10, now - 15 * 1_440 * MINUTE + 5 * MINUTE).count).toBe(5);
  for (const name of ['old', 'nobody']) expect(sumsOf(name, 60).count).toBe(0);
  const span = { from: new Date(now - 60 * MINUTE), to: new Date(now) };
  const other = { ...eks('web', REQUESTS), namespace: 'AWS/EC2' };
  const both = { ...eks('web', REQUESTS), dimensions: { ClusterName: 'web', Zone: 'a' } };
  expect(vendedData(state, scope, { metrics: [eks('web', 'other'), other, both], ...span }, now)).toEqual([[], [], []]);
});

test('errors rise from the minor that a scenario names on, and while an update runs', () => {
  const worse = clusterOf('worse');
  const before = sumsOf('worse', 60, now - 60 * MINUTE).rate;
  worse.apiErrors = { from: '1.37', times: 3 };
  worse.versions.push({ version: '1.37', since: now - 60 * MINUTE, how: 'upgrade' });
  expect(sumsOf('worse', 60, now - 60 * MINUTE).rate).toBe(before);
  expect(sumsOf('worse', 50).rate / before).toBeGreaterThan(2);
  const calm = sumsOf('api', 60).rate;
  clusterOf('api').updates.push({ createdAt: now - 30 * MINUTE, endedAt: now - 10 * MINUTE } as never);
  expect(sumsOf('api', 60).rate).toBeGreaterThan(1.3 * calm);
});

test('a load balancer counts requests, those that failed where there are any, and each request as a sample of its time', () => {
  const api = clusterOf('api');
  api.loadBalancers = [{ name: 'app/api/5', errors: { from: '1.37', times: 3 }, latency: { from: '1.37', times: 2 } }];
  const read = (end: number, LoadBalancer = 'app/api/5') => {
    const of = { namespace: 'AWS/ApplicationELB', dimensions: { LoadBalancer } };
    const metrics = [
      { ...of, metric: 'RequestCount', statistic: 'Sum' },
      { ...of, metric: 'HTTPCode_Target_5XX_Count', statistic: 'Sum' },
      { ...of, metric: 'TargetResponseTime', statistic: 'Sum' },
      { ...of, metric: 'TargetResponseTime', statistic: 'SampleCount' },
    ] as const;
    const data = vendedData(state, scope, { metrics, from: new Date(end - 20 * MINUTE), to: new Date(end) }, now);
    const [requests = 0, failed = 0, seconds = 0, samples = 0] = data.map(total);
    return {
      minutes: data.map((one) => one.length),
      requests,
      samples,
      errors: failed / requests,
      mean: seconds / samples,
    };
  };
  const [before, after] = [now - 90 * MINUTE, now - 5 * MINUTE];
  const calm = read(before);
  expect(calm).toMatchObject({ minutes: [20, 20, 20, 20], samples: calm.requests });
  expect(calm.mean).toBeCloseTo(0.08, 1);
  api.versions.push({ version: '1.37', since: now - 60 * MINUTE, how: 'upgrade' });
  api.updates.length = 0;
  expect(read(before)).toEqual(calm);
  const worse = read(after);
  expect([Math.round(worse.errors / calm.errors), Math.round(worse.mean / calm.mean)]).toEqual([3, 2]);
  expect(read(after, 'app/web/5').minutes).toEqual([0, 0, 0, 0]);
});
