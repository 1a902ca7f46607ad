import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { HttpRequest } from '../../../simulator/wire/wire-options.ts';

export interface SigningOptions {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly service: string;
  readonly region?: string;
  readonly now?: Date;
}

/** A request as a client sends it, with its signature. */
export async function signedRequest(
  request: { method: string; path: string; body?: string | Buffer; headers?: Record<string, string> },
  { service, region = 'eu-west-1', now = new Date(), ...credentials }: SigningOptions,
): Promise<HttpRequest> {
  const { method, path, body, headers = {} } = request;
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const signed = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname: '127.0.0.1',
      port: 4566,
      path,
      headers: { host: '127.0.0.1:4566', ...headers },
      ...(body === undefined ? {} : { body }),
    },
    { signingDate: now },
  );
  return { method, target: path, headers: signed.headers, body: Buffer.from(body ?? '') };
}
