import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runInProcess } from '../../test/material/cli/run-in-process.ts';
import { ApiClient } from './api-client.ts';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

/** A server below `/stage` that answers with one text after the other, and the requests to it. */
async function withServer(answers: readonly string[], act: (url: string, seen: readonly Seen[]) => Promise<void>) {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { method, url, headers } = request;
    seen.push({ method, url, type: headers['content-type'], body });
    response.setHeader('liftlock-time', '2026-11-20T08:00:00.000Z').end(answers[seen.length - 1] ?? '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await act(`http://127.0.0.1:${port}/stage/`, seen).finally(() => server.close());
}

const clientOf = (url: string): ApiClient => {
  const { signal: interrupted } = new AbortController();
  return new ApiClient({ address: { url: new URL(url), local: true }, timeoutSeconds: 10, interrupted });
};

test('a list that comes in pages is asked for until its last one, with the same query', async () => {
  const pages = [
    { items: [1], next: 'a/b', learned: { addons: 1 } },
    { items: [2, 3], next: 'c' },
    { items: [4], learned: 'later' },
  ];
  await withServer(
    pages.map((page) => JSON.stringify(page)),
    async (url, seen) => {
      const client = clientOf(url);
      const query = { region: 'eu-central-1', account: undefined };
      const found = await client.whole('items', (page) => client.v1.clusters.$get({ query: { ...query, ...page } }));
      expect(found).toEqual({ items: [1, 2, 3, 4], learned: { addons: 1 } });
      const path = '/stage/v1/clusters?region=eu-central-1';
      expect(seen.map((request) => request.url)).toEqual([path, `${path}&after=a%2Fb`, `${path}&after=c`]);
      expect(client.time).toEqual(new Date('2026-11-20T08:00:00.000Z'));
    },
  );
});

test('what is sent is JSON, and a request without a body says nothing of one', async () => {
  await withServer([], async (url, seen) => {
    const { v1 } = clientOf(url);
    await v1.clusters[':id'].retry.$post({ param: { id: 'web' }, json: {} });
    await v1.fleet.$get();
    expect(seen).toEqual([
      { method: 'POST', url: '/stage/v1/clusters/web/retry', type: 'application/json', body: '{}' },
      { method: 'GET', url: '/stage/v1/fleet', type: undefined, body: '' },
    ]);
  });
});

test.each([
  ['describe cluster', '', '/stage/v1/clusters/'],
  ['explain cluster', '', '/stage/v1/clusters//explain'],
  ['describe rollout', '', '/stage/v1/rollouts/'],
  ['rollout abort', '', '/stage/v1/rollouts//abort'],
  ['explain cluster', 'a/b c?d', '/stage/v1/clusters/a%2Fb%20c%3Fd/explain'],
  ['explain cluster', ':id', '/stage/v1/clusters/%3Aid/explain'],
  ['describe rollout', 'index', '/stage/v1/rollouts/index'],
])('%s "%s" asks for what it names, and for nothing else', async (verb, name, path) => {
  await withServer(['no JSON'], async (url, seen) => {
    const { code, err } = await runInProcess([...verb.split(' '), name], { url });
    expect(seen.map((request) => request.url)).toEqual([path]);
    expect([code, err]).toEqual([1, expect.stringContaining(`${path.replace('/stage', '')} answered 200`)]);
  });
});

// The types refuse wrong calls: each line with an expected error fails the type check when it is valid.
test('routes, queries, bodies and answers are those of the API', async () => {
  await withServer([], async (url, seen) => {
    const { v1 } = clientOf(url);
    const param = { id: 'web' };
    // @ts-expect-error: there is no such route.
    await v1.clusters[':id'].explains.$get({ param });
    // @ts-expect-error: nothing stands for the part of the path.
    await v1.clusters[':id'].explain.$get();
    // @ts-expect-error: the query has no such member.
    await v1.clusters.$get({ query: { regoin: 'eu-central-1' } });
    // @ts-expect-error: the body lacks the version.
    await v1.clusters[':id'].upgrade.$post({ param, json: { approve: true } });
    const explanation = await v1.clusters[':id'].explain.$get({ param });
    // @ts-expect-error: the answer has no such member.
    expect(explanation.stat).toBeUndefined();
    expect(seen).toHaveLength(5);
  });
});
