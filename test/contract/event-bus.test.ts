import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createEventBus } from '../../adapters/aws/event-bus.ts';
import { InMemoryBus } from '../../simulator/process/in-memory-bus.ts';
import { eventBusContract } from './event-bus-contract.ts';

eventBusContract('in memory', async () => {
  const bus = new InMemoryBus({ now: () => new Date('2026-11-20T08:00:00Z') });
  return { bus, arrived: () => bus.published.map(({ event }) => event), close: async () => {} };
});

eventBusContract('the client of EventBridge, over HTTP', async () => {
  const arrived: { type: string; detail: unknown }[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { Entries } = JSON.parse(body) as {
        Entries: { Source: string; EventBusName: string; DetailType: string; Detail: string }[];
      };
      const wrong =
        Entries.length > 10 || Entries.some((entry) => entry.Source !== 'liftlock' || entry.EventBusName !== 'the-bus');
      response.statusCode = wrong ? 400 : 200;
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      if (wrong)
        return response.end(JSON.stringify({ __type: 'ValidationException', message: 'not what PutEvents takes' }));
      arrived.push(
        ...Entries.map((entry) => ({ type: entry.DetailType, detail: JSON.parse(entry.Detail) as unknown })),
      );
      return response.end(JSON.stringify({ FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: 'id' })) }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = { endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
  const lost = ({ message }: { message: string }) => {
    throw new Error(message);
  };
  return {
    bus: createEventBus({ busName: 'the-bus', onLost: lost, client }),
    arrived: () => arrived,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
});
