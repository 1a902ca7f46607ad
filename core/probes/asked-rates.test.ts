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
      ...{ from: 'cloudwatch', probe: 'api-errors' },
      events: expect.objectContaining({ metric: 'apiserver_request_total_5XX', dimensions: { ClusterName: 'web' } }),
      exposure: expect.objectContaining({ metric: 'apiserver_request_total', statistic: 'Sum' }),
    },
    {
      ...{ from: 'cloudwatch', probe: 'metric-errors', of },
      events: { ...place, metric: 'HTTPCode_Target_5XX_Count', statistic: 'Sum' },
      exposure: { ...place, metric: 'RequestCount', statistic: 'Sum' },
    },
    {
      ...{ from: 'cloudwatch', probe: 'metric-latency', of },
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

const query = (more: object = {}) => ({
  ...{ name: 'checkout', url: 'https://prometheus.example.com/' },
  ...{ requests: 'r{cluster="{cluster}"}', errors: 'e{cluster="{cluster}"}', seconds: 's{cluster="{cluster}"}' },
  ...more,
});
const queried = (...queries: readonly ReturnType<typeof query>[]) =>
  askedRates({ queries: [...queries], wait: '45m' }, 'web');

test('queries have the name of the cluster in them, and their requests are what errors and seconds are counted of', () => {
  const of = { name: 'checkout', source: 'https://prometheus.example.com' };
  const ask = (text: string) => ({
    url: 'https://prometheus.example.com/',
    query: `${text}{cluster="web"}`,
    secret: 'arn',
  });
  const common = { from: 'prometheus', of, exposure: ask('r') };
  expect(queried(query({ secret: 'arn' }))).toEqual([
    { ...common, probe: 'metric-errors', events: ask('e') },
    { ...common, probe: 'metric-latency', events: ask('s') },
  ]);
  expect(queried(query({ errors: undefined })).map(({ probe }) => probe)).toEqual(['metric-latency']);
});

test('a URL with the name of the cluster in it is the one of each cluster, and its own source', () => {
  const [rate] = queried(query({ url: 'https://prometheus.{cluster}.example.com/' }));
  expect(rate).toMatchObject({
    of: { source: 'https://prometheus.web.example.com' },
    events: { url: 'https://prometheus.web.example.com/' },
    exposure: { url: 'https://prometheus.web.example.com/' },
  });
});

test('all that one server is asked is one source, and what it counts of API servers is theirs', () => {
  const [one, same, other, server] = [
    query(),
    query({ name: 'b', url: 'https://prometheus.example.com' }),
    query({ name: 'c', url: 'https://prometheus.example.com/tenant' }),
    query({ name: 'd', seconds: undefined, requests: 'sum(apiserver_request_total{cluster="{cluster}"})' }),
  ];
  const all = queried(one, same, other, server).map(({ of }) => of?.source);
  expect([...new Set(all)]).toEqual([
    'https://prometheus.example.com',
    'https://prometheus.example.com/tenant',
    'api-server',
  ]);
});
