import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { createDynamoTable } from './create-dynamo-table.ts';

test('what a fleet of thousands of clusters takes is read whole: requests wait for each other before their time begins', async () => {
  let [underWay, most] = [0, 0];
  const server = createServer(async (request, response) => {
    underWay += 1;
    most = Math.max(most, underWay);
    request.resume();
    await setTimeout(5);
    underWay -= 1;
    response.setHeader('content-type', 'application/x-amz-json-1.0').end('{"Responses":{}}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const table = createDynamoTable(
    { items: 'items', audit: 'audit' },
    {
      ...{ region: 'eu-central-1', endpoint: `http://127.0.0.1:${port}` },
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    },
  );
  const keys = Array.from({ length: 30_000 }, (_, index) => ({ pk: String(index), sk: 'CLUSTER' }));
  try {
    expect(new Set(await table.getAll(keys))).toEqual(new Set([undefined]));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(20);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
