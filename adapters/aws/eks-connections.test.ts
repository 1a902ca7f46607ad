import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { ListClustersCommand } from '@aws-sdk/client-eks';
import { createEksConnections } from './eks-connections.ts';
import type { SpokeSessions } from './spoke-role.ts';

const credentials = { accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'token' };
const sessions = { forAccount: async () => credentials, forget: () => {} } as unknown as SpokeSessions;
const scope = (index: number) => ({ account: String(100_000_000_000 + index), region: 'eu-central-1' });
const clock = { now: () => new Date(0) };
const open = (endpoint: string) =>
  createEksConnections({ sessions, clock, sleep: async () => {}, client: { endpoint } });

test('the clients of many accounts share the connections to a Region', async () => {
  let connected = 0;
  const server = http.createServer((_, response) => response.end('{"clusters":[]}'));
  server.on('connection', () => {
    connected += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { reader } = open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  for (let index = 0; index < 20; index += 1) await reader(scope(index)).send(new ListClustersCommand({}));
  server.closeAllConnections();
  server.close();
  expect(connected).toBe(1);
});

test('clients are kept for as many accounts and Regions as fit into the memory of a function', () => {
  const { reader } = open('http://127.0.0.1:1');
  const [first, ...others] = Array.from({ length: 500 }, (_, index) => reader(scope(index)));
  expect(new Set([first, ...others]).size).toBe(500);
  expect(reader(scope(0))).toBe(first);
  reader(scope(500));
  expect(reader(scope(0))).not.toBe(first);
});
