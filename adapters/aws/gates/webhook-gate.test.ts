import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type HttpsAnswers, startHttpsAnswers } from '../../../test/contract/https-answers.ts';
import type { Address } from '../pinned-addresses.ts';
import { createWebhookGates, signature } from './webhook-gate.ts';
import type { WebhookSecrets } from './webhook-secrets.ts';

const host = 'gates.internal';
const at = new Date('2026-11-20T08:00:00Z');
const arn = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:liftlock/gate-AbCdEf';
const loopback: Address = { address: '127.0.0.1', family: 4 };
let server: HttpsAnswers;

beforeAll(async () => {
  server = await startHttpsAnswers(host);
});
afterAll(() => server.close());
beforeEach(() => {
  server.requests.length = 0;
  server.respond = (response) => response.end('{"green":true}');
});

const noSecrets: WebhookSecrets = {
  valueOf: async () => Promise.reject(Object.assign(new Error('not allowed'), { name: 'AccessDeniedException' })),
};
const secret = Buffer.from('it is a secret');

function read(
  gate: { readonly webhook: string; readonly secret?: string },
  { resolved = [loopback], allowed = [host], secrets = noSecrets, milliseconds = 1_000 } = {},
) {
  const gates = createWebhookGates({ secrets, clock: { now: () => at }, resolve: async () => resolved });
  return gates.read(gate, allowed, AbortSignal.timeout(milliseconds));
}

test('it is asked once by GET, unsigned where no secret is named', async () => {
  expect(await read({ webhook: `${server.origin}/prod?token=t#top` })).toEqual({
    status: 'green',
    message: 'It answers green.',
  });
  expect(server.requests.map(({ method, url }) => [method, url])).toEqual([['GET', '/prod?token=t']]);
  expect(server.requests[0]?.headers).not.toHaveProperty('liftlock-signature');
});

test('with a secret the request is signed, and an answer that tells the secret is not repeated', async () => {
  server.respond = (response) => response.end('{"green":false,"message":"bad: it is a secret"}');
  const reading = await read(
    { webhook: `${server.origin}/prod?x=1#top`, secret: arn },
    { secrets: { valueOf: async () => secret } },
  );
  expect(reading).toEqual({ status: 'red', message: 'It answers not green: bad: [not shown].' });
  const signed = { method: 'GET', url: `${server.origin}/prod?x=1`, body: '' };
  expect(server.requests[0]?.headers['liftlock-signature']).toBe(signature(secret, at, signed));
});

test('where the secret cannot be read, nothing is called', async () => {
  const reading = read({ webhook: `${server.origin}/prod`, secret: arn });
  await expect(reading).rejects.toMatchObject({
    name: 'SecretUnreadable',
    message: expect.stringContaining('AccessDeniedException, so nobody was asked'),
  });
  expect(server.requests).toEqual([]);
});

test.each([
  ['a redirect', 302, 'It answered with HTTP status 302 instead of 200, and redirects are not followed.'],
  ['an error', 503, 'It answered with HTTP status 503 instead of 200.'],
  ['no content', 204, 'It answered with HTTP status 204 instead of 200.'],
])('%s is unknown, whatever its body says', async (_, status, message) => {
  server.respond = (response) =>
    response.writeHead(status, { location: 'https://169.254.169.254/' }).end(status === 204 ? '' : '{"green":true}');
  expect(await read({ webhook: `${server.origin}/` })).toEqual({ status: 'unknown', message });
  expect(server.requests).toHaveLength(1);
});

test('a long answer is not read to its end', async () => {
  let written = 0;
  server.respond = (response) => {
    response.writeHead(200);
    const timer = setInterval(() => {
      written += 1;
      response.write(' '.repeat(8_192));
    }, 2);
    response.on('close', () => clearInterval(timer));
  };
  expect(await read({ webhook: `${server.origin}/` })).toEqual({
    status: 'unknown',
    message: 'Its answer is longer than 16384 bytes.',
  });
  expect(written).toBeLessThan(100);
});

test('an answer that breaks off is none', async () => {
  server.respond = (response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"green":true}');
    setTimeout(() => response.destroy(), 10);
  };
  await expect(read({ webhook: `${server.origin}/` })).rejects.toMatchObject({ name: 'UrlUnreachable' });
});

test('a certificate that is not trusted, and a server without TLS, are told as that', async () => {
  const webhook = server.origin.replace(host, 'others.internal');
  await expect(read({ webhook }, { allowed: ['others.internal'] })).rejects.toMatchObject({
    message: expect.stringMatching(
      /^others\.internal:\d+ could not be reached: its certificate is not trusted: Hostname\/IP does not match/,
    ),
  });
  const plain = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n')).listen(0, '127.0.0.1');
  await once(plain, 'listening');
  const { port } = plain.address() as AddressInfo;
  const told = await read({ webhook: `https://${host}:${port}/` }).catch(({ message }: Error) => message);
  plain.close();
  expect(told).toBe(`${host}:${port} could not be reached: it speaks no TLS there, or none that Node.js takes`);
});

test('silence ends with the time that it has', async () => {
  server.respond = () => {};
  await expect(read({ webhook: `${server.origin}/?token=t` }, { milliseconds: 100 })).rejects.toMatchObject({
    name: 'UrlUnreachable',
    message: `${new URL(server.origin).host} could not be reached: it did not answer in time`,
  });
});

test.each(['http://gates.example.com/', 'https://10.0.0.1/', 'https://me:hunter2@gates.example.com/', 'hunter2'])(
  '%s is not called at all',
  async (webhook) => {
    const reading = read({ webhook, secret: arn }, { secrets: { valueOf: () => Promise.reject(new Error('asked')) } });
    await expect(reading).rejects.toMatchObject({
      name: 'UrlRefused',
      message: expect.not.stringContaining('hunter2'),
    });
  },
);

test.each(['127.0.0.1', '169.254.169.254', '::1', 'fd00::1'])(
  'a public name that resolves to %s is refused, also beside a public address',
  async (address) => {
    const resolved = [
      { address: '93.184.215.14', family: 4 },
      { address, family: address.includes(':') ? 6 : 4 },
    ];
    const webhook = server.origin.replace(host, 'gates.example.com');
    await expect(read({ webhook }, { resolved, allowed: [] })).rejects.toMatchObject({ name: 'UrlRefused' });
    expect(server.requests).toEqual([]);
  },
);
