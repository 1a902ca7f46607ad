import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { unauthorized } from '../../simulator/kubernetes/access.ts';
import { bearerToken } from '../../simulator/kubernetes/server/authenticate.ts';
import { refusal } from '../../simulator/kubernetes/server/call.ts';
import { createCertificates } from '../../simulator/kubernetes/server/certificates.ts';
import { closeAtOnce } from '../../simulator/kubernetes/server/close-at-once.ts';
import { type HugeAnswer, type HugeRequest, hugeAnswers } from './answer-huge.ts';
import type { HugeCluster } from './huge-cluster.ts';

export interface HugeServer {
  readonly port: number;
  /** `http://127.0.0.1:PORT` or `https://127.0.0.1:PORT`, without a path. */
  readonly url: string;
  /** Base64 of PEM; absent without TLS. */
  readonly certificateAuthority?: string;
  readonly token: string;
  close(): Promise<void>;
}

/** One API server of a huge cluster, on a free port of this machine, for callers with that token. */
export async function startHugeServer(
  cluster: HugeCluster,
  { token, tls = false, port = 0 }: { readonly token: string; readonly tls?: boolean; readonly port?: number },
): Promise<HugeServer> {
  const answers = hugeAnswers(cluster);
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const { status, headers, body } = answer(answers, token, request);
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
  };
  const certificate = tls ? await createCertificates() : undefined;
  const server =
    certificate === undefined
      ? createServer(listener)
      : createTlsServer({ cert: certificate.certificate, key: certificate.key }, listener);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const taken = (server.address() as AddressInfo).port;
  return {
    port: taken,
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${taken}`,
    ...(certificate === undefined
      ? {}
      : { certificateAuthority: Buffer.from(certificate.certificateAuthority).toString('base64') }),
    token,
    close: () => closeAtOnce(server),
  };
}

function answer(answers: (request: HugeRequest) => HugeAnswer, token: string, request: IncomingMessage): HugeAnswer {
  try {
    if (bearerToken(request.headers.authorization) !== token) throw unauthorized();
    const { pathname, searchParams } = new URL(request.url ?? '/', 'https://kubernetes');
    const { accept, host } = request.headers;
    return answers({ method: request.method ?? 'GET', path: pathname, query: searchParams, headers: { accept, host } });
  } catch (error) {
    return refusal(error);
  }
}
