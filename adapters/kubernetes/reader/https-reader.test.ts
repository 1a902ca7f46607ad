import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpsReader } from './https-reader.ts';

/** How many of four requests an API server has before it when it answers the first one. */
async function atOnce(connections?: number): Promise<number> {
  let [waiting, most] = [0, 0];
  const server = createServer((_, response) => {
    waiting += 1;
    most = Math.max(most, waiting);
    setTimeout(() => {
      waiting -= 1;
      response.end('{}');
    }, 20);
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
