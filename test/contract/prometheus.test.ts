import { createWebhookSecrets } from '../../adapters/aws/gates/webhook-secrets.ts';
import { createPrometheus } from '../../adapters/aws/prometheus.ts';
import { createInMemoryPrometheus } from '../../simulator/eks/prometheus-series.ts';
import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import { startPrometheusWire } from '../material/cloud/prometheus-wire.ts';
import { startHttpsAnswers } from './https-answers.ts';
import { prometheusContract } from './prometheus-contract.ts';

const host = 'prometheus-contract.internal';
const since = new Date('2026-11-20T08:00:00Z');
const now = new Date('2026-11-20T12:00:00Z');
const query = 'sum(increase(http_requests_total{cluster="web"}[1m]))';

const noSessions = {
  sessions: { forAccount: () => Promise.reject(new Error('nobody asks for a session')) },
  sleep: async () => {},
  endpointOf: () => undefined,
};
const workspace = 'arn:aws:aps:eu-central-1:111111111111:workspace/ws-1';
const stateWith = (place: { readonly workspace?: string }): FakeEksState => {
  const web = { arn: 'arn:web', createdAt: since.getTime(), updates: [], versions: [], version: '1.36' };
  const state = { clusters: { web: { ...web, prometheus: [{ ...place, requests: query, worse: {} }] } } };
  return state as unknown as FakeEksState;
};

test.each([
  ['a URL', { url: 'https://prometheus.example.com' }, {}],
  ['a workspace', { workspace }, { workspace }],
] as const)('in memory series of %s are not elsewhere', async (_, api, place) => {
  const prometheus = createInMemoryPrometheus(stateWith(place), () => now.getTime());
  const other = 'url' in api ? { workspace } : { url: 'https://prometheus.example.com' };
  const span = { from: since, to: now };
  expect(await prometheus.readMinutes({ ...api, query }, [], span)).toHaveLength(240);
  const elsewhere = await prometheus.readMinutes({ ...other, query }, [], span).catch(({ name }) => name);
  expect(elsewhere).toEqual('url' in other ? [] : 'QueryRefused');
});

for (const [name, api, place] of [
  ['a URL', { url: 'https://prometheus.example.com' }, {}],
  ['a workspace', { workspace }, { workspace }],
] as const)
  prometheusContract(`${name} in memory`, async () => ({
    prometheus: createInMemoryPrometheus(stateWith(place), () => now.getTime()),
    allowedHosts: [],
    api,
    known: { query, since },
    close: async () => {},
  }));

prometheusContract('a workspace of the local cloud, over HTTP', async () => {
  const { prometheus, close } = await startPrometheusWire(stateWith({ workspace }), now);
  return { prometheus, allowedHosts: [], api: { workspace }, known: { query, since }, close };
});

/** As https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries says, for a series that counts its minutes. */
prometheusContract('over HTTPS', async () => {
  const server = await startHttpsAnswers(host);
  server.respond = (response) => {
    const { pathname, searchParams: asked } = new URL(server.requests.at(-1)?.url ?? '', server.origin);
    const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(asked.get(name)));
    const values: [number, string][] = [];
    for (let at = start ?? 0; at <= (end ?? 0); at += step ?? 1)
      if (at > since.getTime() / 1_000) values.push([at, String(at / 60)]);
    const result =
      pathname === '/tenant/api/v1/query_range' && asked.get('query') === query ? [{ metric: {}, values }] : [];
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
  };
  const clock = { now: () => now };
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
  const secrets = createWebhookSecrets({ clock });
  const prometheus = createPrometheus({ secrets, clock, resolve, ...noSessions });
  return {
    prometheus,
    allowedHosts: [host],
    api: { url: `${server.origin}/tenant/` },
    known: { query, since },
    close: () => server.close(),
  };
});
