import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type HttpsAnswers, startHttpsAnswers } from '../../test/contract/https-answers.ts';
import { createPrometheus } from './prometheus.ts';

const host = 'prometheus.internal';
const secretArn = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:liftlock/bearer/prometheus-AbCdEf';
const span = { from: new Date('2026-11-20T10:00:00Z'), to: new Date('2026-11-20T12:00:00Z') };
const query = 'sum(increase(http_requests_total{code=~"5.."}[1m]))';
let server: HttpsAnswers;

beforeAll(async () => {
  server = await startHttpsAnswers(host);
});
afterAll(() => server.close());
beforeEach(() => {
  server.requests.length = 0;
  server.respond = (response) => response.end('{"status":"success","data":{"resultType":"matrix","result":[]}}');
});

function read(
  { url = server.origin, secret }: { readonly url?: string; readonly secret?: string } = {},
  { allowed = [host], value = async () => Buffer.from('hunter2-and-more\n'), milliseconds = 1_000 } = {},
) {
  const prometheus = createPrometheus({
    secrets: { valueOf: value },
    sessions: { forAccount: () => Promise.reject(new Error('nobody asks for a session')) },
    sleep: async () => {},
    endpointOf: () => undefined,
    clock: { now: () => span.to },
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    timeoutMilliseconds: milliseconds,
  });
  return prometheus.readMinutes({ url, query, secret }, allowed, span);
}

test('it is a range query by GET, the first minute at its end, and without a secret nobody is told who asks', async () => {
  expect(await read({ url: `${server.origin}/` })).toEqual([]);
  const [request] = server.requests;
  const { pathname, searchParams } = new URL(request?.url ?? '', server.origin);
  expect([request?.method, pathname, Object.fromEntries(searchParams)]).toEqual([
    'GET',
    '/api/v1/query_range',
    { query, start: '1795168860', end: '1795176000', step: '60' },
  ]);
  expect(request?.headers).not.toHaveProperty('authorization');
});

test('the value of a secret is sent as bearer token, unsigned, and not told when it is repeated', async () => {
  server.respond = (response) =>
    response.writeHead(401).end('{"status":"error","error":"hunter2-and-more is no token"}');
  await expect(read({ secret: secretArn })).rejects.toMatchObject({
    name: 'QueryRefused',
    message: 'It answered with HTTP status 401: [not shown] is no token.',
  });
  expect(server.requests[0]?.headers).toMatchObject({ authorization: 'Bearer hunter2-and-more' });
  expect(server.requests[0]?.headers).not.toHaveProperty('liftlock-signature');
});

test('without the secret nothing is asked', async () => {
  const value = async () => Promise.reject(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
  await expect(read({ secret: secretArn }, { value })).rejects.toMatchObject({ name: 'SecretUnreadable' });
  expect(server.requests).toEqual([]);
});

test('the key of a gate or a hook is never sent, whatever a policy says', async () => {
  const value = async () => Promise.reject(new Error('It was read.'));
  const key = secretArn.replace('bearer/', '');
  await expect(read({ secret: key }, { value })).rejects.toMatchObject({ name: 'QueryRefused' });
  expect(server.requests).toEqual([]);
});

test('a private host that the Fleet does not list, and plain http, are not called', async () => {
  await expect(read({}, { allowed: [] })).rejects.toMatchObject({ name: 'UrlRefused' });
  await expect(read({ url: 'http://prometheus.example.com' })).rejects.toMatchObject({ name: 'UrlRefused' });
  await expect(read({ url: 'prometheus' })).rejects.toMatchObject({ name: 'UrlRefused' });
  expect(server.requests).toEqual([]);
});

test('an answer that is too long is refused, and one that does not come may be asked for again', async () => {
  server.respond = (response) => response.end(`"${'x'.repeat(20_000)}"`);
  await expect(read()).rejects.toMatchObject({ name: 'QueryRefused', message: /longer than 16384 bytes/ });
  server.respond = () => {};
  await expect(read({}, { milliseconds: 50 })).rejects.toMatchObject({ name: 'UrlUnreachable' });
});

/** What a workspace answers, of which AWS's own refusals are beside the wire (simulator/cloud/account/serve-prometheus.test.ts). */
async function readWorkspace(status: number, body: string) {
  const plain = createServer((request, response) => {
    asked.push(request);
    response.writeHead(status).end(body);
  });
  const asked: IncomingMessage[] = [];
  await new Promise<void>((listening) => plain.listen(0, '127.0.0.1', listening));
  const { port } = plain.address() as AddressInfo;
  const prometheus = createPrometheus({
    secrets: { valueOf: () => Promise.reject(new Error('no secret is asked for')) },
    sessions: { forAccount: async (account) => ({ accessKeyId: account, secretAccessKey: 's', sessionToken: 't' }) },
    clock: { now: () => span.to },
    sleep: async () => {},
    endpointOf: () => `http://127.0.0.1:${port}`,
  });
  const workspace = 'arn:aws:aps:eu-west-1:222222222222:workspace/ws-1';
  const answer = await prometheus.readMinutes({ workspace, query }, [], span).catch((error: Error) => error);
  plain.close();
  return { answer, asked };
}

test('a workspace is asked once, in its Region, with the role of its account', async () => {
  const values = [[span.from.getTime() / 1_000 + 60, '7']];
  const body = JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [{ values }] } });
  const { answer, asked } = await readWorkspace(200, body);
  expect(answer).toEqual([{ at: span.from, value: 7 }]);
  const { pathname, searchParams } = new URL(asked[0]?.url ?? '', 'http://a');
  expect(pathname).toBe('/workspaces/ws-1/api/v1/query_range');
  // As it was signed: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
  expect(asked[0]?.url).not.toMatch(/[!'()*]/);
  expect(Object.fromEntries(searchParams)).toEqual({ query, start: '1795168860', end: '1795176000', step: '60' });
  expect(asked[0]?.headers.authorization).toMatch(/Credential=222222222222\/\d+\/eu-west-1\/aps\/aws4_request/);
});

test.each([
  [400, '{"status":"error","error":"parse error"}', 'QueryRefused', /HTTP status 400: parse error/],
  [403, '{"message":"Missing Authentication Token"}', 'AccessDeniedException', /^Missing Authentication Token$/],
  [403, '{"__type":"ExpiredTokenException","message":"It has expired"}', 'ExpiredTokenException', /has expired/],
  [429, '', 'IncompleteAnswer', /429/],
  [503, '', 'IncompleteAnswer', /503/],
  [200, `"${'x'.repeat(20_000)}"`, 'QueryRefused', /longer than 16384 bytes/],
])(
  'a workspace that answers %i with %s is told as %s, and is not asked again at once',
  async (status, body, name, message) => {
    const { answer, asked } = await readWorkspace(status, body);
    expect(answer).toMatchObject({ name, message: expect.stringMatching(message) });
    expect(asked).toHaveLength(1);
  },
);
