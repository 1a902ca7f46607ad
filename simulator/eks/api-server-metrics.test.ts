import { testWorld } from '../../test/material/eks/world.ts';
import { addCluster } from './add-cluster.ts';
import { apiServerSums } from './api-server-metrics.ts';
import type { ClusterRecord } from './state/cluster-record.ts';

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

function sumsOf(ClusterName: string, minutes: number, end = now - 5 * MINUTE, at = now) {
  const [from, to] = [new Date(end - minutes * MINUTE), new Date(end)];
  const asked = { namespace: 'AWS/EKS', dimensions: { ClusterName }, metrics: [REQUESTS, ERRORS], from, to };
  const sums = apiServerSums(state, scope, asked, at);
  const total = (name: string) => (sums[name] ?? []).reduce((sum, one) => sum + one.sum, 0);
  return { sums, rate: total(ERRORS) / total(REQUESTS), count: sums[REQUESTS]?.length };
}

test('each minute follows from the cluster and the minute, whatever is read with it', () => {
  const { sums, rate, count } = sumsOf('web', 60);
  expect(count).toBe(60);
  expect(sumsOf('web', 30).sums[ERRORS]).toEqual(sums[ERRORS]?.slice(30));
  expect(sumsOf('api', 60).sums[ERRORS]).not.toEqual(sums[ERRORS]);
  expect(new Set(sums[ERRORS]?.map(({ sum }) => sum)).size).toBeGreaterThan(10);
  expect(rate).toBeGreaterThan(0.002);
  expect(rate).toBeLessThan(0.008);
});

test('there is nothing of the newest two minutes, of what is older than 15 days, of other names and of minors before 1.28', () => {
  expect(sumsOf('web', 10, now).count).toBe(8);
  expect(sumsOf('web', 10, now - 15 * 1_440 * MINUTE + 5 * MINUTE).count).toBe(5);
  for (const name of ['old', 'nobody']) expect(sumsOf(name, 60).count).toBe(0);
  const asked = { dimensions: { ClusterName: 'web' }, metrics: [REQUESTS, 'other'] };
  const span = { from: new Date(now - 60 * MINUTE), to: new Date(now) };
  expect(apiServerSums(state, scope, { ...asked, ...span, namespace: 'AWS/EC2' }, now)).toEqual({
    [REQUESTS]: [],
    other: [],
  });
  expect(apiServerSums(state, scope, { ...asked, ...span, namespace: 'AWS/EKS' }, now).other).toEqual([]);
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
