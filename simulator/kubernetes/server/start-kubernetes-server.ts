import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { constants, gzipSync } from 'node:zlib';
import { bytesOf, type HttpAnswer, type HttpRequest } from '../../wire/wire-options.ts';
import type { FakeKubernetes } from '../fake-kubernetes.ts';
import type { Authenticate } from './authenticate.ts';
import type { Answer, ApiRequest } from './call.ts';
import type { ServerCertificate } from './certificates.ts';
import { closeAtOnce } from './close-at-once.ts';
import { clusterPath } from './cluster-path.ts';
import { Histories } from './histories.ts';
import { type Surroundings, serveCall } from './serve-call.ts';
import { type ServedRequest, servedRequest } from './served-request.ts';

export interface KubernetesServerOptions {
  /** A free port when absent or 0. */
  readonly port?: number;
  readonly fake: FakeKubernetes;
  readonly authenticate: Authenticate;
  /** The clock of the fake cloud. */
  readonly clock: { now(): Date };
  /** Runs around every answer, so that a virtual clock can stand still meanwhile. A watch holds it only during its reads. */
  readonly around?: <T>(work: () => Promise<T>) => Promise<T>;
  readonly certificate: ServerCertificate;
  /** Called for every request before its answer is sent. */
  readonly onRequest?: (request: ServedRequest) => void;
  /** Milliseconds between a watch's reads of the model, by this machine's clock; 250 when absent. */
  readonly pollMilliseconds?: number;
}

export interface KubernetesServer {
  readonly port: number;
  /** `https://127.0.0.1:PORT/clusters/<account>/<region>/<name>` */
  endpointOf(clusterArn: string): string;
  /** The value of `certificateAuthority.data` in DescribeCluster: base64 of PEM. */
  readonly certificateAuthority: string;
  /**
   * Answers a request like the port, without a connection: its target is a whole address. Rejects where a connection would end without an answer, or
   * stay open for a watch.
   */
  answer(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** The API servers of all clusters of a fake, on one port of this machine, for kubectl and any client library. */
export async function startKubernetesServer(options: KubernetesServerOptions): Promise<KubernetesServer> {
  const { certificate, fake, authenticate, clock } = options;
  const surroundings: Surroundings = {
    fake,
    authenticate,
    clock,
    around: options.around ?? ((work) => work()),
    histories: new Histories(),
    pollMilliseconds: options.pollMilliseconds ?? 250,
  };
  const server = createServer({ cert: certificate.certificate, key: certificate.key }, (request, response) => {
    // After an error during an answer the client has gone or gets no more.
    answer(surroundings, request, response, options.onRequest).catch(() => response.destroy());
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    endpointOf: (clusterArn) => `https://127.0.0.1:${port}${clusterPath(clusterArn)}`,
    certificateAuthority: Buffer.from(certificate.certificateAuthority).toString('base64'),
    answer: async (request) => {
      const found = await answerTo(surroundings, { ...request, onRequest: options.onRequest });
      if (found === undefined || !('body' in found)) throw new Error('Nothing answers that without a connection.');
      const { delayMilliseconds, breaksOff = false } = found.delivery ?? {};
      if (delayMilliseconds !== undefined) await delay(delayMilliseconds);
      const { headers, body } = compress(found.body, request.headers['accept-encoding']);
      const { status } = found;
      return { status, headers: { ...found.headers, ...headers }, body: breaksOff ? firstHalf(body) : body, breaksOff };
    },
    close: () => closeAtOnce(server),
  };
}

type Received = Omit<HttpRequest, 'headers'> &
  Pick<ApiRequest, 'headers'> & { readonly onRequest: KubernetesServerOptions['onRequest'] };

async function answerTo(surroundings: Surroundings, { method, target, headers, body, onRequest }: Received) {
  const url = new URL(target, 'https://kubernetes');
  const asked = { method, path: url.pathname, query: url.searchParams, headers, body };
  const found = await serveCall(surroundings, asked);
  onRequest?.(servedRequest(asked, found?.status));
  return found;
}

async function answer(
  surroundings: Surroundings,
  request: IncomingMessage,
  response: ServerResponse,
  onRequest: KubernetesServerOptions['onRequest'],
): Promise<void> {
  const { method = 'GET', url: target = '/' } = request;
  const received = { method, target, headers: singleHeaders(request), body: await buffer(request), onRequest };
  const found = await answerTo(surroundings, received);
  if (found === undefined) {
    request.socket.destroy();
    return;
  }
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  if ('body' in found) {
    await deliver(found, request, response, gone.signal);
    return;
  }
  response.writeHead(found.status, { ...found.headers });
  response.flushHeaders();
  await pipeline(Readable.from(found.chunks(gone.signal)), response);
}

/** Stops when the connection is `gone`. */
async function deliver(
  answer: Answer,
  request: IncomingMessage,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const { delayMilliseconds, breaksOff } = answer.delivery ?? {};
  if (delayMilliseconds !== undefined) await delay(delayMilliseconds, undefined, { signal: gone });
  const { headers, body } = compress(answer.body, singleHeaders(request)['accept-encoding']);
  if (breaksOff !== true) {
    response.writeHead(answer.status, { ...answer.headers, ...headers }).end(body);
    return;
  }
  const bytes = Buffer.from(body);
  response.writeHead(answer.status, { ...answer.headers, ...headers, 'content-length': bytes.length });
  response.write(firstHalf(bytes), () => request.socket.destroy());
}

function firstHalf(body: string | Uint8Array): Uint8Array {
  const bytes = bytesOf(body);
  return bytes.subarray(0, Math.floor(bytes.length / 2));
}

const singleHeaders = ({ headers }: IncomingMessage): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]),
  );

/** API servers compress answers from that size on, where the client accepts it (k8s.io/apiserver, APIResponseCompression). */
const thresholdBytes = 128 * 1024;

/** The body: unchanged, or as gzip with its header. */
interface Encoded {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** `acceptEncoding` is the client's header; Go's and fetch's clients send `gzip` by themselves. */
function compress(body: string, acceptEncoding: string | undefined): Encoded {
  const accepted = (acceptEncoding ?? '').split(',').some((each) => each.split(';')[0]?.trim() === 'gzip');
  if (!accepted || body.length < thresholdBytes) return { headers: {}, body };
  const compressed = gzipSync(body, { level: constants.Z_BEST_SPEED });
  return { headers: { 'content-encoding': 'gzip', vary: 'Accept-Encoding' }, body: compressed };
}
