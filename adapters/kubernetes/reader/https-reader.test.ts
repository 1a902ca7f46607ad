import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { HttpsReader } from './https-reader.ts';

/** How many of four requests an API server has before it when it answers the first one. */
async function atOnce(connections?: number): Promise<number> {
  let [waiting, most] = [0, 0];
  const server = createServer((_, response) => {
    waiting += 1;
    most = Math.max(most, waiting);
    void setTimeout(20).then(() => {
      waiting -= 1;
      response.end('{}');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const authorize = async () => ({ headers: {}, tls: {} });
  const reader = new HttpsReader({ server: address, authorize, ...(connections === undefined ? {} : { connections }) });
  await Promise.all(['/a', '/b', '/c', '/d'].map((path) => reader.get({ path })));
  reader.close();
  await new Promise((closed) => server.close(closed));
  return most;
}

test('an API server gets one request after the other, unless more connections are allowed', async () => {
  expect([await atOnce(), await atOnce(3)]).toEqual([1, 3]);
});

test('an answer that comes byte by byte without end is given up, as one that is too long, so that smaller pages are asked for', async () => {
  const server = createServer((_, response) => {
    const drip = setInterval(() => response.write(' '), 5);
    response.on('close', () => clearInterval(drip));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const authorize = async () => ({ headers: {}, tls: {} });
  const reader = new HttpsReader({ server: address, authorize, timeoutMilliseconds: 1_000, longestMilliseconds: 100 });
  const given = await Promise.race([
    reader.get({ path: '/a' }).catch((error) => error),
    setTimeout(2_000, 'nothing was given up', { ref: false }),
  ]);
  reader.close();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  expect(given).toMatchObject({
    name: 'ClusterServerFault',
    message: 'The answer of the API server was not whole after 0.1 seconds.',
  });
});
