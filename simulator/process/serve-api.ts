import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../functions/api/app.ts';
import { closeAtOnce } from '../kubernetes/server/close-at-once.ts';
import type { World } from './world.ts';

/** The identity that the API assumes for every caller on this machine. */
export const LOCAL_OPERATOR = 'arn:aws:iam::000000000000:role/local-operator';
const LARGEST_BODY = 2 * 1024 * 1024;

export interface ServedApi {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the API of a world on 127.0.0.1, with the same app that Lambda wraps, to one caller. Port 0 takes a free one. */
export async function serveApi(world: World, port: number, caller: string = LOCAL_OPERATOR): Promise<ServedApi> {
  const app = createApp(
    world.portsOf('api'),
    (context) => (isLoopback(context.req.header('host')) ? caller : undefined),
    (message, detail) => world.log.push({ function: 'api', message, detail }),
  );
  const server = createServer((incoming, outgoing) => {
    // Simulated time stands still while a request is answered, as for every function.
    world.clock
      .track(() => answer(app, incoming, outgoing))
      .catch((error: unknown) => outgoing.destroy(error instanceof Error ? error : undefined));
  });
  await listen(server, port);
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}`,
    close: () => closeAtOnce(server),
  };
}

/** A page on the Web can make its name point to this machine; its requests still have that name. */
function isLoopback(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '');
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}

async function answer(
  app: ReturnType<typeof createApp>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= LARGEST_BODY) chunks.push(chunk);
  }
  const method = incoming.method ?? 'GET';
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) if (typeof value === 'string') headers.set(name, value);
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const request = new Request(`http://127.0.0.1${incoming.url ?? '/'}`, {
    method,
    headers,
    ...(hasBody ? { body: Buffer.concat(chunks) } : {}),
  });
  const response = await app.fetch(request);
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}
