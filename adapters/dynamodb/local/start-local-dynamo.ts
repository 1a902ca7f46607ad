import { once } from 'node:events';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import dynalite from 'dynalite';
import db from 'dynalite/db/index.js';
import type { DynaliteOptions, DynaliteStore, Item } from './dynalite-store.ts';
import { RequestTokens } from './request-tokens.ts';
import { transactWrite } from './transact-write.ts';

export interface LocalDynamo {
  /** `http://127.0.0.1:<port>`: the SDK takes it from `AWS_ENDPOINT_URL_DYNAMODB` too. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * DynamoDB in this process, for tests and the local cloud: dynalite with TransactWriteItems added. For development only: an error inside
 * dynalite's own handler ends the process.
 *
 * @param options.path folder that keeps the data; absent = in memory.
 */
export async function startLocalDynamo(options: { path?: string; port?: number } = {}): Promise<LocalDynamo> {
  const { port = 0 } = options;
  const server = createLocalDynamo(options);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${address.port}`, close: () => close(server) };
}

/** The same as a server that nobody listens for yet: who has requests already can emit them on it. */
export function createLocalDynamo({ path }: { path?: string } = {}): Server & { closeStore(): Promise<void> } {
  const { server, store } = createServer({
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
    ...(path === undefined ? {} : { path }),
  });
  const others = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  const tokens = new RequestTokens();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers['x-amz-target'] === 'DynamoDB_20120810.TransactWriteItems') {
      void serveTransaction(store, tokens, request, response);
      return;
    }
    for (const listener of others) listener(request, response);
  });
  // The close of a server that never listened ends before its store is closed.
  return Object.assign(server, { closeStore: () => store.lifecycleManager.gracefulClose() });
}

/** dynalite keeps its store to itself, so it is caught where it is made. */
function createServer(options: DynaliteOptions): { server: Server; store: DynaliteStore } {
  const { create } = db;
  let store: DynaliteStore | undefined;
  db.create = (given) => {
    store = create(given);
    return store;
  };
  try {
    const server = dynalite(options);
    if (store === undefined) throw new Error('dynalite made no store: its version is not the pinned one');
    return { server, store };
  } finally {
    db.create = create;
  }
}

async function serveTransaction(
  store: DynaliteStore,
  tokens: RequestTokens,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('content-type', 'application/x-amz-json-1.0');
  try {
    const body = JSON.parse(await text(request)) as {
      TransactItems?: Record<string, Item>[];
      ClientRequestToken?: string;
    };
    const items = body.TransactItems ?? [];
    const run = () => transactWrite(store, items);
    const answer = await tokens.once(body.ClientRequestToken, JSON.stringify(items), Date.now(), run);
    response.writeHead(answer.status).end(JSON.stringify(answer.body));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const body = { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message };
    response.writeHead(500).end(JSON.stringify(body));
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}
