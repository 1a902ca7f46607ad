import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type CertifiedKey, selfSignedCertificate } from './self-signed-certificate.ts';

export interface HttpsAnswers {
  /** `https://<host>:<port>` */
  readonly origin: string;
  readonly requests: IncomingMessage[];
  respond: (response: ServerResponse) => void;
  close(): Promise<void>;
}

const certificates = new Map<string, CertifiedKey>();

/** One for each host: of two with the same subject, only the first would be looked at. Test files may share a process, so each has a host of its own. */
function trusted(host: string): CertifiedKey {
  const found = certificates.get(host);
  if (found !== undefined) return found;
  const made = selfSignedCertificate([host]);
  certificates.set(host, made);
  setDefaultCACertificates([...getCACertificates('default'), made.certificate]);
  return made;
}

/** A server on this machine with a certificate for the host, which this process trusts from now on. */
export async function startHttpsAnswers(host: string): Promise<HttpsAnswers> {
  const { certificate, key } = trusted(host);
  const requests: IncomingMessage[] = [];
  const server = createServer({ key, cert: certificate }, (request, response) => {
    requests.push(request);
    answers.respond(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const answers: HttpsAnswers = {
    origin: `https://${host}:${(server.address() as AddressInfo).port}`,
    requests,
    respond: (response) => response.writeHead(204).end(),
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return answers;
}
