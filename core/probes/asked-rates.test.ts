import { askedRates } from './asked-rates.ts';

const balancer = (name: string, value: string, more: object = {}) => ({
  ...{ name, namespace: 'AWS/ApplicationELB', dimensions: { LoadBalancer: value } },
  ...{ requests: 'RequestCount', errors: 'HTTPCode_Target_5XX_Count', latency: 'TargetResponseTime' },
  ...more,
});
const asked = (...metrics: readonly ReturnType<typeof balancer>[]) =>
  askedRates({ apiServer: true, metrics: [...metrics], wait: '45m' }, 'web');
const sources = (...metrics: readonly ReturnType<typeof balancer>[]) =>
  asked(...metrics).flatMap(({ of }) => of?.source ?? []);
const zone = { LoadBalancer: 'app/a/5', AvailabilityZone: 'a' };

test('the API server comes first, then errors and latency of each metric with the name of the cluster in it', () => {
  const place = { namespace: 'AWS/ApplicationELB', dimensions: { LoadBalancer: 'app/web-web/5' } };
  const of = { name: 'shop', source: 'AWS/ApplicationELB {"LoadBalancer":"app/web-web/5"}' };
  const time = { ...place, metric: 'TargetResponseTime' };
  expect(asked(balancer('shop', 'app/{cluster}-{cluster}/5'))).toEqual([
    {
      probe: 'api-errors',
      events: expect.objectContaining({ metric: 'apiserver_request_total_5XX', dimensions: { ClusterName: 'web' } }),
      exposure: expect.objectContaining({ metric: 'apiserver_request_total', statistic: 'Sum' }),
    },
    {
      ...{ probe: 'metric-errors', of },
      events: { ...place, metric: 'HTTPCode_Target_5XX_Count', statistic: 'Sum' },
      exposure: { ...place, metric: 'RequestCount', statistic: 'Sum' },
    },
    {
      ...{ probe: 'metric-latency', of },
      events: { ...time, statistic: 'Sum' },
      exposure: { ...time, statistic: 'SampleCount' },
    },
  ]);
});

test('what is not asked for is not read', () => {
  const probes = (rates: object) => askedRates({ wait: '45m', ...rates }, 'web').map(({ probe }) => probe);
  expect(probes({ apiServer: true })).toEqual(['api-errors']);
  expect(probes({ metrics: [balancer('a', 'a', { latency: undefined })] })).toEqual(['metric-errors']);
  expect(probes({ metrics: [balancer('a', 'a', { errors: undefined, requests: undefined })] })).toEqual([
    'metric-latency',
  ]);
});

test('one load balancer is one source under any name, and two are two', () => {
  expect(new Set(sources(balancer('a', 'app/a/5'), balancer('b', 'app/a/5'))).size).toBe(1);
  expect(new Set(sources(balancer('a', 'app/a/5'), balancer('b', 'app/b/5'))).size).toBe(2);
  const elsewhere = balancer('b', 'app/a/5', { namespace: 'Shop' });
  expect(new Set(sources(balancer('a', 'app/a/5'), elsewhere)).size).toBe(2);
});

test('a part of the requests of another metric is no source beside it, in either order', () => {
  const [whole, part] = [balancer('a', 'app/a/5'), balancer('b', '', { dimensions: zone })];
  for (const both of [
    [whole, part],
    [part, whole],
  ])
    expect([...new Set(sources(...both))]).toEqual(['AWS/ApplicationELB {"LoadBalancer":"app/a/5"}']);
  const other = balancer('b', '', { dimensions: { ...zone, AvailabilityZone: 'b' } });
  expect(new Set(sources(part, other)).size).toBe(2);
});

test('metrics of the cluster itself are the API server, and those of another cluster are not', () => {
  const ofCluster = (ClusterName: string) =>
    balancer('api', '', { namespace: 'AWS/EKS', dimensions: { ClusterName }, latency: undefined });
  expect(sources(ofCluster('{cluster}'))).toEqual(['api-server']);
  expect(sources(ofCluster('other'))).toEqual(['AWS/EKS {"ClusterName":"other"}']);
});

test('a source with long dimensions is cut, and still told from another', () => {
  const long = (end: string) => balancer('a', `${'x'.repeat(1_000)}${end}`);
  const [one, other] = [sources(long('1'))[0] ?? '', sources(long('2'))[0] ?? ''];
  expect(one).not.toBe(other);
  expect(one.length).toBeLessThan(300);
});
