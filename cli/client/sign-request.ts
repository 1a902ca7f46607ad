import { Sha256 } from '@aws-crypto/sha256-js';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { SignatureV4 } from '@smithy/signature-v4';
import { Failure } from '../command/failure.ts';

interface Signable {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export type SignRequest = (request: Signable) => Promise<Record<string, string>>;

/** As whom AWS knows the caller, or why it does not; undefined where it could not be asked. */
export type Caller = { readonly arn: string } | { readonly refused: string } | undefined;

export interface Signer {
  readonly region: string;
  readonly sign: SignRequest;
  readonly askCaller: () => Promise<Caller>;
}

/** Signs for API Gateway with the caller's own credentials: environment, profile, SSO, or role, in the same order as the AWS CLI. */
export function createSigner(region: string, profile: string | undefined): Signer {
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
  const sign: SignRequest = async ({ method, url, headers, body }) => {
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
  return { region, sign, askCaller: () => askCaller(region, credentials) };
}

/** How STS says that it knows no such session: an HTTP API says the same to that as to a permission that is missing. */
const REFUSALS = new Set(['ExpiredToken', 'ExpiredTokenException', 'InvalidClientTokenId', 'SignatureDoesNotMatch']);

async function askCaller(region: string, credentials: ReturnType<typeof fromNodeProviderChain>): Promise<Caller> {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const sts = new STSClient({ region, credentials, maxAttempts: 1 });
  try {
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}), { abortSignal: AbortSignal.timeout(5000) });
    return Arn === undefined ? undefined : { arn: Arn };
  } catch (error) {
    return error instanceof Error && REFUSALS.has(error.name) ? { refused: error.message } : undefined;
  }
}
