import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { LocalTables, parseInput } from '../../adapters/dynamodb/local/local-tables.ts';

export interface LocalDynamo {
  /** `http://127.0.0.1:<port>`: the SDK takes it from `AWS_ENDPOINT_URL_DYNAMODB` too. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * DynamoDB on a port of its own, for tests. Who signs is not looked at.
 *
 * @param options.path folder that keeps the data; absent = in memory.
 */
export async function startLocalDynamo(options: { path?: string } = {}): Promise<LocalDynamo> {
  const tables = new LocalTables(options.path);
  const server = createServer((request, response) => void serve(tables, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
    await tables.close();
  };
  return { endpoint: `http://127.0.0.1:${address.port}`, close };
}

async function serve(tables: LocalTables, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('content-type', 'application/x-amz-json-1.0');
  const [, operation = ''] = String(request.headers['x-amz-target']).split('.');
  try {
    const answered = await tables.answerText(operation, parseInput(await text(request)));
    response.writeHead(answered.status).end(answered.text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const body = { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message };
    response.writeHead(500).end(JSON.stringify(body));
  }
}
