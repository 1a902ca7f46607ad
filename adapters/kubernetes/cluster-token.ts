import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

/** Credentials of the principal that the cluster knows: the spoke role's session. */
export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A constant of the format; API servers take a token for 15 minutes after its date (facts: eks.md §10.2). */
const EXPIRES_SECONDS = 60;

/**
 * The bearer token of EKS: a presigned GetCallerIdentity of the Region's STS, bound to one cluster by the signed header `x-k8s-aws-id`.
 * Made here, without any call.
 */
export async function clusterToken(
  { region, clusterName }: { readonly region: string; readonly clusterName: string },
  credentials: SigningCredentials,
  now: Date,
): Promise<string> {
  const hostname = `sts.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
  const signer = new SignatureV4({ service: 'sts', region, credentials, sha256: Sha256 });
  const { query = {} } = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host: hostname, 'x-k8s-aws-id': clusterName },
    },
    { expiresIn: EXPIRES_SECONDS, signingDate: now },
  );
  const parameters = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(String(value))}`);
  return `k8s-aws-v1.${Buffer.from(`https://${hostname}/?${parameters.join('&')}`).toString('base64url')}`;
}

/** As the signature counts them: RFC 3986, stricter than `encodeURIComponent`. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
