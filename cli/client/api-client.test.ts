import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runInProcess } from '../../test/material/cli/run-in-process.ts';
import { ApiClient, regionOf } from './api-client.ts';
import { refusedByGateway } from './api-failure.ts';

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

test('a space in a query is sent as it is signed, since a plus need not mean one to who checks the signature', async () => {
  await withServer([], async (url, seen) => {
    await clientOf(url).v1.reports.owner.$get({ query: { owner: 'Helm release a+b/web' } });
    expect(seen.map((request) => request.url)).toEqual(['/stage/v1/reports/owner?owner=Helm%20release%20a%2Bb%2Fweb']);
  });
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
  ['explain cluster', 'b c?d', '/stage/v1/clusters/b%20c%3Fd/explain'],
  ['explain cluster', ':id', '/stage/v1/clusters/%3Aid/explain'],
  ['describe rollout', 'index', '/stage/v1/rollouts/index'],
])('%s "%s" asks for what it names, and for nothing else', async (verb, name, path) => {
  await withServer(['no JSON'], async (url, seen) => {
    const { code, err } = await runInProcess([...verb.split(' '), name], { url });
    expect(seen.map((request) => request.url)).toEqual([path]);
    expect([code, err]).toEqual([1, expect.stringContaining(`${path.replace('/stage', '')} answered 200`)]);
  });
});

const STS = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';
const REFUSED = (code: string, message: string) =>
  `<ErrorResponse ${STS}><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
const KNOWN = `<GetCallerIdentityResponse ${STS}><GetCallerIdentityResult><Arn>arn:aws:iam::000000000000:user/kim</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`;
const SIGN_IN = 'Sign in again (aws sso login), or name another profile with --profile or AWS_PROFILE.';

test.each<[string, number, string, string]>([
  [
    'whose session has expired',
    403,
    REFUSED('ExpiredToken', 'The security token included in the request is expired.'),
    `liftlock: AWS does not take your credentials: The security token included in the request is expired. ${SIGN_IN}`,
  ],
  [
    'whom AWS does not know',
    403,
    REFUSED('InvalidClientTokenId', 'The security token included in the request is invalid.'),
    `liftlock: AWS does not take your credentials: The security token included in the request is invalid. ${SIGN_IN}`,
  ],
  ['whom AWS knows', 200, KNOWN, 'you may not GET /v1/fleet (Forbidden).'],
  ['whom AWS knows', 200, KNOWN, 'You are arn:aws:iam::000000000000:user/kim.'],
  ['of whom AWS could not be asked', 503, '', 'Check with aws sts get-caller-identity who you are.'],
])('a Forbidden of API Gateway to a caller %s says what it is about', async (_, status, answer, said) => {
  const server = createServer((request, response) => {
    if (request.method === 'POST') response.writeHead(status, { 'content-type': 'text/xml' }).end(answer);
    else response.writeHead(403).end('{"message":"Forbidden"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { AWS_ENDPOINT_URL: url, AWS_REGION: 'eu-central-1' };
  Object.assign(process.env, env, { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' });
  const { code, err } = await runInProcess(['fleet', 'status'], { url, env }).finally(() => server.close());
  expect([code, err]).toEqual([1, expect.stringContaining(said)]);
});

test('a connection that breaks off says that what was asked for may have been done, and that one that was never there may pass', async () => {
  const server = createServer((request) => request.resume().on('end', () => request.socket.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { v1 } = clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const retried = () => v1.clusters[':id'].retry.$post({ param: { id: 'web' }, json: {} }).catch((error) => error);
  const [posted, read] = [await retried(), await v1.fleet.$get().catch((error) => error)];
  await new Promise((resolve) => server.close(resolve));
  const unheard = await retried();
  expect(posted.message).toMatch(/broke off before .* may have been done all the same: look first/);
  expect(read.message).toMatch(/broke off before its answer was here \(UND_ERR_SOCKET\)\. Try again\.$/);
  expect(unheard.message).toContain('refused the connection. Nothing listens there');
  expect([posted.mayPass, read.mayPass, unheard.mayPass]).toEqual([true, true, true]);
});

test('where the URL does not name its Region, a Forbidden says for which one the request was signed', () => {
  const caller = { arn: 'arn:aws:iam::000000000000:user/kim' };
  const { message } = refusedByGateway('GET /v1/fleet', { message: 'Forbidden' }, caller, 'us-east-1');
  expect(message).toContain(
    'Requests are signed for us-east-1: if the API is in another Region, name that by --api-region.',
  );
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

test.each([
  ['abc.execute-api.eu-central-1.amazonaws.com', 'eu-central-1'],
  ['abc-vpce-1.execute-api.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
  ['abc.execute-api.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
  ['abc.execute-api.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1'],
  ['abc.execute-api.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1'],
  ['abc.execute-api.us-isob-east-1.sc2s.sgov.gov', 'us-isob-east-1'],
  ['liftlock.example.com', undefined],
  ['abc.execute-api.eu-central-1.example.com', undefined],
  ['abc.execute-api.eu-central-1.amazonaws.com.example.com', undefined],
])('the Region of an API is read from its own host name, in every partition: %s', (host, region) => {
  expect(regionOf(new URL(`https://${host}/v1`))).toBe(region);
});
