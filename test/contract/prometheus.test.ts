import { createWebhookSecrets } from '../../adapters/aws/gates/webhook-secrets.ts';
import { createPrometheus } from '../../adapters/aws/prometheus.ts';
import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import { createInMemoryPrometheus } from '../../simulator/process/in-memory-prometheus.ts';
import { startHttpsAnswers } from './https-answers.ts';
import { prometheusContract } from './prometheus-contract.ts';

const host = 'prometheus-contract.internal';
const since = new Date('2026-11-20T08:00:00Z');
const now = new Date('2026-11-20T12:00:00Z');
const query = 'sum(increase(http_requests_total{cluster="web"}[1m]))';

prometheusContract('in memory', async () => {
  const web = { arn: 'arn:web', createdAt: since.getTime(), updates: [], versions: [], version: '1.36' };
  const state = { clusters: { web: { ...web, prometheus: [{ requests: query, worse: {} }] } } };
  const prometheus = createInMemoryPrometheus(state as unknown as FakeEksState, () => now.getTime());
  return {
    prometheus,
    allowedHosts: [],
    url: 'https://prometheus.example.com',
    known: { query, since },
    close: async () => {},
  };
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
  const prometheus = createPrometheus({ secrets: createWebhookSecrets({ clock }), clock, resolve });
  return {
    prometheus,
    allowedHosts: [host],
    url: `${server.origin}/tenant/`,
    known: { query, since },
    close: () => server.close(),
  };
});
