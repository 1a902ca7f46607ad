import { once } from 'node:events';
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { CertifiedKey } from './self-signed-certificate.ts';

/** One request as it came to the API server. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string;
  readonly contentType: string;
  readonly body: unknown;
}

/** A body that is a string goes out as text, anything else as JSON. A handler that fails hangs up. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

export type ApiHandler = (request: ApiRequest) => ApiAnswer | Promise<ApiAnswer>;

export interface KubernetesLoopback {
  readonly endpoint: string;
  readonly requests: readonly ApiRequest[];
  handler: ApiHandler;
  close(): Promise<void>;
}

/** An API server of Kubernetes on a port of this machine, over TLS where a certificate is given. */
export async function startKubernetesLoopback(handler: ApiHandler, tls?: CertifiedKey): Promise<KubernetesLoopback> {
  const requests: ApiRequest[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void =>
    void serve(loopback, requests, request, response);
  const server =
    tls === undefined
      ? createPlainServer(listener)
      : createTlsServer({ key: tls.key, cert: tls.certificate }, listener);
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const loopback: KubernetesLoopback = {
    endpoint: tls === undefined ? `http://127.0.0.1:${port}` : `https://127.0.0.1:${port}`,
    requests,
    handler,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return loopback;
}

async function serve(
  loopback: KubernetesLoopback,
  requests: ApiRequest[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://loopback');
  const sent = await text(request);
  const seen: ApiRequest = {
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    authorization: request.headers.authorization ?? '',
    contentType: request.headers['content-type'] ?? '',
    body: sent === '' ? undefined : JSON.parse(sent),
  };
  requests.push(seen);
  try {
    const { status, body } = await loopback.handler(seen);
    const plain = typeof body === 'string';
    response.writeHead(status, { 'content-type': plain ? 'text/plain; charset=utf-8' : 'application/json' });
    response.end(plain ? body : JSON.stringify(body));
  } catch {
    response.destroy();
  }
}

/** What an API server says when it refuses. */
export const refusal = (status: number, reason: string, message: string): ApiAnswer => ({
  status,
  body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code: status },
});
