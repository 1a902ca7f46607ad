import { nameOf } from '../../iam/principals/principal.ts';
import { isSignedBy, readSignature, type Signature } from '../../wire/signature.ts';
import type { HttpRequest } from '../../wire/wire-options.ts';
import type { IamAuthority } from '../iam-authority.ts';

const PREFIX = 'k8s-aws-v1.';
/** A token is valid for 15 minutes after its date. Source: facts: eks.md §10.2. */
const GOOD_MILLISECONDS = 15 * 60_000;
/** A client sends one token with each of its requests, so its signature is verified once. */
const MOST_VERIFIED = 1000;

/**
 * Finds the identity of a cluster's bearer token, which is a presigned GetCallerIdentity with the cluster's name in a signed header. Clients of users
 * sign in real time and functions in virtual time, so a token that is fresh in either is valid.
 */
export function clusterTokens(
  authority: IamAuthority,
  virtualNow: () => Date,
): (token: string, clusterArn: string) => Promise<{ principal: string } | undefined> {
  const verified = new Set<string>();
  return async (token, clusterArn) => {
    try {
      if (!token.startsWith(PREFIX)) return undefined;
      const url = new URL(Buffer.from(token.slice(PREFIX.length), 'base64url').toString('utf8'));
      const request = asReceived(url, clusterArn.split('/').at(-1) ?? '');
      const signature = readSignature(request);
      if (signature === undefined || !isIdentityRequest(url, signature)) return undefined;
      if (![virtualNow(), new Date()].some((now) => isFresh(signature, now))) return undefined;
      const { accessKeyId } = signature.scope;
      const secret = authority.secretOf(accessKeyId);
      if (secret === undefined) return undefined;
      const proof = [token, clusterArn, secret].join(' ');
      if (!verified.has(proof)) {
        if (!isSignedBy(request, signature, secret)) return undefined;
        if (verified.size >= MOST_VERIFIED) verified.clear();
        verified.add(proof);
      }
      const { sessionToken } = signature;
      const signer = { accessKeyId, ...(sessionToken === undefined ? {} : { sessionToken }) };
      return { principal: nameOf(authority.principalOf(signer)) };
    } catch {
      return undefined;
    }
  };
}

/** The request that the API server would send to STS, with the header that binds the token to its cluster. */
const asReceived = (url: URL, clusterName: string): HttpRequest => ({
  method: 'GET',
  target: `${url.pathname}${url.search}`,
  headers: { host: url.host, 'x-k8s-aws-id': clusterName },
  body: Buffer.alloc(0),
});

/** The host is STS, or this machine, which a client may be configured to use as STS. */
function isIdentityRequest(url: URL, { scope, signedHeaders }: Signature): boolean {
  const host = /^sts\.([a-z0-9-]+\.)?amazonaws\.com(\.cn)?$|^(127\.0\.0\.1|localhost)$/;
  return (
    host.test(url.hostname) &&
    scope.service === 'sts' &&
    url.searchParams.get('Action') === 'GetCallerIdentity' &&
    signedHeaders.includes('x-k8s-aws-id')
  );
}

function isFresh({ amzDate }: Signature, now: Date): boolean {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(amzDate) ?? [];
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // A clock may be somewhat ahead.
  return now.getTime() - at < GOOD_MILLISECONDS && at - now.getTime() < GOOD_MILLISECONDS;
}
