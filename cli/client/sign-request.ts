import { Sha256 } from '@aws-crypto/sha256-js';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { SignatureV4 } from '@smithy/signature-v4';
import { Failure } from '../command/session.ts';

interface Signable {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export type SignRequest = (request: Signable) => Promise<Record<string, string>>;

/** Signs for API Gateway with the caller's own credentials: environment, profile, SSO, or role, in the same order as the AWS CLI. */
export function createSigner(region: string, profile: string | undefined): SignRequest {
  const provider = fromNodeProviderChain(profile === undefined ? {} : { profile });
  const credentials = async () => {
    try {
      return await provider();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Failure(
        `liftlock: no AWS credentials: ${why.replace(/[.\s]*$/, '.')} Sign in (aws sso login), or name a profile with --profile or AWS_PROFILE.`,
      );
    }
  };
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  return async ({ method, url, headers, body }) => {
    const query: Record<string, string[]> = {};
    for (const [name, value] of url.searchParams) query[name] = [...(query[name] ?? []), value];
    const signed = await signer.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port === '' ? {} : { port: Number(url.port) }),
      path: url.pathname,
      query,
      headers: { ...headers, host: url.host },
      ...(body === undefined ? {} : { body }),
    });
    // fetch sets the host itself, and rejects it as a header.
    const { host: _, ...rest } = signed.headers;
    return rest;
  };
}
