import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { localAdministrator } from '../iam/principals/local-administrator.ts';
import type { LocalCloud } from './local-cloud.ts';

/** Applies config as a person would: through the API, signed by the administrator of the hub's account. Fails with what the API says. */
export async function applyThroughApi(cloud: LocalCloud, documents: readonly object[]): Promise<void> {
  const [hub] = cloud.options.stacks;
  const { accessKeyId, secretAccessKey } = localAdministrator(hub?.account ?? '');
  const url = new URL('/v1/config', cloud.wire.origin);
  const body = JSON.stringify(documents);
  const signer = new SignatureV4({
    service: 'execute-api',
    region: hub?.region ?? '',
    credentials: { accessKeyId, secretAccessKey },
    sha256: Sha256,
  });
  const { headers } = await signer.sign({
    method: 'PUT',
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    headers: { host: url.host, 'content-type': 'application/json' },
    body,
  });
  const { host: _, ...sent } = headers;
  const response = await fetch(url, { method: 'PUT', headers: sent, body });
  if (!response.ok) throw new Error(`The config could not be applied: ${response.status} ${await response.text()}`);
}
