import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { localUser } from '../iam/principals/local-person.ts';
import type { LocalCloud } from './local-cloud.ts';

/**
 * Calls the API over HTTP with a signature, as the administrator of the hub's account or as the user with the managed policy `as`. Fails with the
 * API's message.
 */
export async function apiRequest(
  cloud: LocalCloud,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  document?: object,
  as?: string,
): Promise<unknown> {
  const [hub] = cloud.options.stacks;
  const { accessKeyId, secretAccessKey } = localUser(hub?.account ?? '', as);
  const url = new URL(path, cloud.wire.origin);
  const body = document === undefined ? {} : { body: JSON.stringify(document) };
  const signer = new SignatureV4({
    service: 'execute-api',
    region: hub?.region ?? '',
    credentials: { accessKeyId, secretAccessKey },
    sha256: Sha256,
  });
  const { headers } = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    headers: { host: url.host, ...(document === undefined ? {} : { 'content-type': 'application/json' }) },
    ...body,
  });
  const { host: _, ...sent } = headers;
  const response = await fetch(url, { method, headers: sent, ...body });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${answer}`);
  return JSON.parse(answer);
}
