import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer, dialectFor, refuse, tooLarge } from './answer.ts';
import { BODY_LIMIT, bytesOf, type HttpAnswer, type HttpRequest, type WireOptions } from './wire-options.ts';

export type { PassedRequest, PassThrough, WireOptions } from './wire-options.ts';

export interface WireServer {
  readonly port: number;
  /** `http://127.0.0.1:4566`. */
  readonly origin: string;
  /** Answers a request like the port, without a socket for the same process. */
  answer(request: HttpRequest): Promise<HttpAnswer>;
  /** Resolves when running requests are answered, or five seconds later, and the port is closed. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
/** Milliseconds for running requests when the server closes; clients that stopped half-way would keep it open for minutes. */
const PATIENCE = 5_000;

/**
 * Serves AWS's protocols on one port of the loopback interface; see README.md. Rejects when the port is taken.
 */
export async function startWireServer(options: WireOptions): Promise<WireServer> {
  const around = options.around?.bind(options) ?? (<T>(work: () => Promise<T>) => work());
  const server = createServer((message, response) => {
    around(() => exchange(message, response, server, options)).catch((error: unknown) => {
      response.destroy();
      options.onFailure(error, undefined);
    });
  });
  // Longer than the clients' own limit: when both sides may close a connection, a request sometimes meets a closed one.
  server.keepAliveTimeout = 120_000;
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  const stop = () => {
    closed ??= close(server);
    return closed;
  };
  const origin = `http://${HOST}:${port}`;
  return {
    port,
    origin,
    answer: (request) =>
      around(async () =>
        request.body.length > (options.bodyLimit ?? BODY_LIMIT)
          ? refuseTooLarge(request, options)
          : answer(request, `http://${request.headers.host ?? `${HOST}:${port}`}`, options),
      ),
    close: stop,
  };
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    server.listen(port, HOST);
    await once(server, 'listening');
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${port} of ${HOST} is taken. Stop what listens there, or choose another port.`, {
      cause: error,
    });
  }
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const patience = setTimeout(() => server.closeAllConnections(), PATIENCE);
  await closed;
  clearTimeout(patience);
}

async function exchange(
  message: IncomingMessage,
  response: ServerResponse,
  server: Server,
  options: WireOptions,
): Promise<void> {
  const answered = await respond(message, options);
  if (answered === undefined || response.destroyed) return;
  const body = bytesOf(answered.body);
  // Otherwise the connection would stay open for the client's next request, and keep the server from closing.
  response.shouldKeepAlive = server.listening;
  response.writeHead(answered.status, { ...answered.headers, 'content-length': body.byteLength });
  response.end(body);
  if (!response.writableFinished) await once(response, 'close');
}

/** Undefined when the client disconnected before its request was complete. */
async function respond(message: IncomingMessage, options: WireOptions): Promise<HttpAnswer | undefined> {
  const limit = options.bodyLimit ?? BODY_LIMIT;
  const headers = headersOf(message);
  const host = headers.host ?? `${HOST}:${message.socket.localPort}`;
  try {
    const request = await receive(message, limit);
    if (request === undefined) return refuseTooLarge({ headers, target: message.url ?? '/' }, options);
    return await answer(request, `http://${host}`, options);
  } catch (error) {
    if (message.destroyed && !message.complete) return undefined;
    throw error;
  }
}

function refuseTooLarge(request: Pick<HttpRequest, 'headers' | 'target'>, options: WireOptions): HttpAnswer {
  const fault = tooLarge(options.bodyLimit ?? BODY_LIMIT);
  return refuse(fault, { dialect: dialectFor(request), requestId: randomUUID(), options });
}

/**
 * Reads a request to its end. Undefined when its body is longer than the limit; the rest is read nevertheless and dropped, since clients read the
 * answer only after they have sent everything.
 */
async function receive(message: IncomingMessage, limit: number): Promise<HttpRequest | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (length > limit) return undefined;
  return {
    method: message.method ?? 'GET',
    target: message.url ?? '/',
    headers: headersOf(message),
    body: chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks),
  };
}

/** From the raw list: Node drops duplicates of some headers, and signatures cover all of them. */
function headersOf({ rawHeaders }: IncomingMessage): Readonly<Record<string, string>> {
  const headers: Record<string, string> = Object.create(null);
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before},${value}`;
  }
  return headers;
}
