import { AwsFault, type Signer } from './aws-call.ts';
import { isSignedBy, type Signature } from './signature.ts';
import type { HttpRequest, SecretOf } from './wire-options.ts';

/** Operations of STS that exchange another identity's proof for AWS credentials. */
const unsignedOperations = new Set(['AssumeRoleWithWebIdentity', 'AssumeRoleWithSAML']);

/**
 * The signer of a request. With keys to compare, a request without a signature by a known key is refused; without keys, the request's own statement
 * counts. Neither age nor session token is checked: time is virtual here, and IAM decides about the token.
 */
export async function authenticate(
  request: HttpRequest,
  signature: Signature | undefined,
  operation: string | undefined,
  secretOf: SecretOf | undefined,
): Promise<Signer | undefined> {
  if (signature === undefined) {
    if (secretOf === undefined || (operation !== undefined && unsignedOperations.has(operation))) return undefined;
    throw new AwsFault('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const { accessKeyId } = signature.scope;
  if (secretOf !== undefined) {
    const secret = await secretOf(accessKeyId);
    if (secret === undefined)
      throw new AwsFault('UnrecognizedClientException', 'The security token included in the request is invalid.');
    if (!isSignedBy(request, signature, secret)) throw new AwsFault('InvalidSignatureException', MISMATCH);
  }
  return { accessKeyId, ...(signature.sessionToken !== undefined && { sessionToken: signature.sessionToken }) };
}

const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.';
