import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { selfSignedCertificate } from '../../test/contract/self-signed-certificate.ts';
import type { Address } from './pinned-addresses.ts';
import { createUrlProbe } from './url-probe.ts';

const host = 'shop.internal';
const { certificate, key } = selfSignedCertificate([host]);
let server: Server;
let port: number;
let requests: IncomingMessage[];
let respond: (response: ServerResponse) => void;

beforeAll(async () => {
  setDefaultCACertificates([...getCACertificates('default'), certificate]);
  server = createServer({ key, cert: certificate }, (request, response) => {
    requests.push(request);
    respond(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  requests = [];
  respond = (response) => response.writeHead(204).end();
});

const loopback: Address = { address: '127.0.0.1', family: 4 };
function probe(resolved: readonly Address[] = [loopback], allowedHosts: readonly string[] = [host]) {
  return createUrlProbe({
    allowedHosts: async () => allowedHosts,
    resolve: async () => resolved,
    timeoutMilliseconds: 300,
  });
}

test('the status is that of the answer, which comes from the address that was resolved', async () => {
  expect(await probe().get(`https://${host}:${port}/healthz?deep=1`)).toEqual({ status: 204 });
  expect(requests.map((request) => [request.method, request.url, request.headers.host])).toEqual([
    ['GET', '/healthz?deep=1', `${host}:${port}`],
  ]);
});

test('a redirect is an answer and is not followed', async () => {
  respond = (response) => response.writeHead(302, { location: 'https://169.254.169.254/' }).end();
  expect(await probe().get(`https://${host}:${port}/`)).toEqual({ status: 302 });
  expect(requests).toHaveLength(1);
});

test('an endless body is not read', async () => {
  respond = (response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('x'.repeat(1024)), 5);
    response.on('close', () => clearInterval(timer));
  };
  expect(await probe().get(`https://${host}:${port}/`)).toEqual({ status: 200 });
});

test.each([
  ['plain http', 'http://example.com/'],
  ['no URL', 'example.com'],
  ['a password', 'https://me:hunter2@example.com/'],
  ['a private address', 'https://10.0.0.1/'],
  ['the address of instance metadata, written as a number', 'https://0xa9fea9fe/'],
  ['this machine', 'https://localhost/'],
  ['a mapped loopback address', 'https://[::ffff:127.0.0.1]/'],
])('%s is refused before anything is resolved', async (_, url) => {
  const resolve = async () => {
    throw new Error('nothing is to be resolved');
  };
  const refusing = createUrlProbe({ allowedHosts: async () => [], resolve });
  await expect(refusing.get(url)).rejects.toMatchObject({ name: 'UrlRefused' });
  await expect(refusing.get(url)).rejects.not.toThrow('hunter2');
});

test.each([['127.0.0.1'], ['10.1.2.3'], ['169.254.169.254'], ['::1'], ['fd00::1'], ['::ffff:10.0.0.1']])(
  'a public name that resolves to %s is refused, also when another of its addresses is public',
  async (address) => {
    const family = address.includes(':') ? 6 : 4;
    const addresses = [
      { address: '93.184.215.14', family: 4 },
      { address, family },
    ];
    await expect(probe(addresses, []).get(`https://www.example.com:${port}/`)).rejects.toMatchObject({
      name: 'UrlRefused',
      message: expect.stringContaining(address),
    });
    expect(requests).toEqual([]);
  },
);

test('a host that does not answer is unreachable after the time-out', async () => {
  respond = () => {};
  await expect(probe().get(`https://${host}:${port}/`)).rejects.toMatchObject({
    name: 'UrlUnreachable',
    message: `https://${host}:${port} could not be reached: it did not answer in time`,
  });
});

test('a certificate of another name is no answer', async () => {
  const other = probe([loopback], ['other.internal']);
  await expect(other.get(`https://other.internal:${port}/`)).rejects.toMatchObject({ name: 'UrlUnreachable' });
  expect(requests).toEqual([]);
});

test('a name without address, or that cannot be resolved in time, is unreachable', async () => {
  await expect(probe([]).get(`https://${host}/`)).rejects.toMatchObject({ name: 'UrlUnreachable' });
  const options = { allowedHosts: async () => [], timeoutMilliseconds: 50 };
  const hanging = createUrlProbe({ ...options, resolve: () => new Promise(() => {}) });
  await expect(hanging.get('https://www.example.com/')).rejects.toMatchObject({ name: 'UrlUnreachable' });
  const failing = createUrlProbe({ ...options, resolve: () => Promise.reject(new Error('ENOTFOUND')) });
  await expect(failing.get('https://www.example.com/')).rejects.toMatchObject({ name: 'UrlUnreachable' });
});
