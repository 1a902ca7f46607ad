import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { partitionOf } from '../../core/model/partition.ts';
import type { ApiServer } from '../../core/ports/cluster-access.ts';
import type { Scope } from '../../core/ports/eks.ts';
import type { Clock } from '../../core/ports/outside.ts';
import type { Authorization } from './reader/https-reader.ts';

/** Credentials of the principal that the cluster knows: the spoke role's session. */
export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A constant of the token's format; API servers accept a token for 15 minutes after its date (facts: eks.md §10.2). */
const EXPIRES_SECONDS = 60;

/**
 * The bearer token of EKS: a presigned GetCallerIdentity of the Region's STS, bound to one cluster by the signed header `x-k8s-aws-id`. It is made
 * here, without any call.
 */
export async function clusterToken(
  { region, clusterName }: { readonly region: string; readonly clusterName: string },
  credentials: SigningCredentials,
  now: Date,
): Promise<string> {
  const hostname = `sts.${region}.${partitionOf(region).dnsSuffix}`;
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

/** Encoded as for the signature: RFC 3986, which is stricter than `encodeURIComponent`. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);

export interface ClusterCredentials {
  /** Credentials of the role that the cluster's access entry names. */
  readonly credentials: (scope: Scope) => Promise<SigningCredentials>;
  readonly clock: Clock;
}

/** A token is used for this long; API servers accept it for 15 minutes. */
const TOKEN_MILLISECONDS = 10 * 60_000;

/** One token serves many requests. A new one is made before the old one expires, or when an API server does not accept it any more. */
export function authorizeByToken({ scope, name, certificateAuthority }: ApiServer, options: ClusterCredentials) {
  const tls = { ca: Buffer.from(certificateAuthority, 'base64') };
  let made: { readonly token: string; readonly at: number } | undefined;
  return async (renew: boolean): Promise<Authorization> => {
    const now = options.clock.now();
    if (made === undefined || renew || now.getTime() - made.at > TOKEN_MILLISECONDS) {
      const credentials = await options.credentials(scope);
      const cluster = { region: scope.region, clusterName: name };
      made = { token: await clusterToken(cluster, credentials, now), at: now.getTime() };
    }
    return { headers: { authorization: `Bearer ${made.token}` }, tls };
  };
}
