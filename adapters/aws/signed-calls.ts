import { request as requestPlain } from 'node:http';
import { request } from 'node:https';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { isStale, namedError } from '../../core/contracts/errors.ts';
import { partitionOf } from '../../core/model/partition.ts';
import type { Scope } from '../../core/ports/eks.ts';
import type { Clock } from '../../core/ports/outside.ts';
import type { SpokeCredentials } from './spoke-role.ts';
import { createTokenBucket, type Sleep } from './token-bucket.ts';

export interface SignedCallsOptions {
  readonly sessions: {
    readonly forAccount: (account: string) => Promise<Omit<SpokeCredentials, 'expiration'>>;
    /** Absent where no session is kept. */
    readonly forget?: (account: string) => void;
  };
  readonly clock: Clock;
  readonly sleep: Sleep;
  /**
   * The endpoint to use in place of AWS's own, by the SDK's name of the service (`SERVICE_QUOTAS`), as the SDK's clients take it from the
   * environment.
   */
  readonly endpointOf: (service: string) => string | undefined;
  /** How often a request is tried; a call that may change something is tried once. */
  readonly tries?: number;
  /** The time for one try; ten seconds when absent. */
  readonly timeoutMilliseconds?: number;
  /** The longest answer, where its length depends on what a person asks; without a limit when absent. */
  readonly mostBytes?: number;
}

interface Service {
  /** The service's name in signatures: `ec2`. */
  readonly name: string;
  /** The service's name in variables of the environment. */
  readonly variable: string;
  /** The service's name in the host, where it is another one. */
  readonly host?: string;
  /** Set for a service that has one endpoint for the whole partition, as IAM has. */
  readonly isGlobal?: true;
}

/** Method and path of a REST call; without it the body is posted to the root. */
interface Place {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

/** The headers of the query protocol. */
export const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
const TIMEOUT_MILLISECONDS = 10_000;
/** A small rate of its own for each service, since the account's other tools share AWS's quota. */
const RATE = { perSecond: 3, burst: 9 };

/**
 * Sends signed requests to a service for which the SDK's client would weigh more than the requests do (docs/adr/0027), and returns the text of the
 * answer.
 */
export function createSignedCalls(service: Service, options: SignedCallsOptions) {
  const { sessions, clock, sleep, endpointOf, tries = 4 } = options;
  const bucket = createTokenBucket({ clock, sleep, ...RATE });
  return async (
    scope: Scope,
    headers: Readonly<Record<string, string>>,
    body: string,
    place: Place = { method: 'POST', path: '/', query: {} },
  ): Promise<string> => {
    const { host, region } = placeOf(service, scope.region);
    const { method, path, query } = place;
    const url = new URL(path, endpointOf(service.variable) ?? `https://${host}`);
    url.search = Object.entries(query)
      .map(([name, value]) => `${name}=${escapeUri(value)}`)
      .join('&');
    const { hostname, protocol } = url;
    for (let tried = 1; ; tried += 1) {
      await bucket.take();
      const credentials = await sessions.forAccount(scope.account);
      const signer = new SignatureV4({ service: service.name, region, credentials, sha256: Sha256 });
      const request = { method, protocol, hostname, path, query, headers: { ...headers, host: url.host }, body };
      const signed = await signer.sign(request);
      const answer = await send(method, url, signed.headers, body, options).catch((error: Error) => error);
      if (!(answer instanceof Error) && answer.status === 200 && answer.functionError === undefined) return answer.text;
      const error = answer instanceof Error ? answer : refusalOf(answer, service.name);
      // A session that is not taken any more is given up, and the next try has another one.
      if (isStale(error)) sessions.forget?.(scope.account);
      const passes =
        answer instanceof Error ||
        answer.status >= 500 ||
        isStale(error) ||
        /^(RequestLimit|Throttl|TooMany)/.test(error.name);
      if (!passes || tried >= tries) throw error;
      await sleep(2 ** tried * 250);
    }
  };
}

/** The host of a service for a Region, and the Region that signs for it. */
export function placeOf({ name, host = name, isGlobal }: Service, region: string): { host: string; region: string } {
  const { name: partition, dnsSuffix, globalRegion } = partitionOf(region);
  if (isGlobal === undefined) return { host: `${host}.${region}.${dnsSuffix}`, region };
  // Two partitions have hosts of their own for what is global (AWS General Reference, IAM endpoints).
  const place = partition === 'aws' ? '' : partition === 'aws-us-gov' ? '.us-gov' : `.${globalRegion}`;
  return { host: `${host}${place}.${dnsSuffix}`, region: globalRegion };
}

interface Answer {
  readonly status: number;
  /** The name of the error, where a REST service says it beside the text. */
  readonly errorType: string | undefined;
  /** The header by which Lambda says, with status 200, that the function has failed. */
  readonly functionError: string | undefined;
  readonly text: string;
}

function send(
  method: string,
  url: URL,
  headers: Record<string, string>,
  body: string,
  { timeoutMilliseconds = TIMEOUT_MILLISECONDS, mostBytes = Number.POSITIVE_INFINITY }: SignedCallsOptions,
): Promise<Answer> {
  const open = url.protocol === 'http:' ? requestPlain : request;
  const signal = AbortSignal.timeout(timeoutMilliseconds);
  return new Promise((resolve, reject) => {
    const call = open(url, { method, headers, signal }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > mostBytes)
          response.destroy(namedError('QueryRefused', `Its answer is longer than ${mostBytes} bytes.`));
      });
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          errorType: response.headers['x-amzn-errortype']?.toString(),
          functionError: response.headers['x-amz-function-error']?.toString(),
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    call.once('error', reject);
    call.end(body);
  });
}

/** Encoded as for the signature: `encodeURIComponent` leaves five characters that SigV4 does not. */
const escapeUri = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** The error by which a service has refused, with its answer where there was one. */
export type Refusal = Error & Partial<Pick<Answer, 'status' | 'text'>>;

/** XML has `<Code>` and `<Message>`, whatever a service writes around them; JSON has `__type`, and REST a header, with or without a namespace. */
function refusalOf({ status, errorType, functionError, text }: Answer, service: string): Refusal {
  if (functionError !== undefined) return Object.assign(new Error(text), { name: functionError });
  const named = errorType === undefined ? text : `"__type":"${errorType}"`;
  const [, code] = /<Code>([^<]+)<\/Code>/.exec(text) ?? /"__type"\s*:\s*"(?:[^"#]*#)?([^":]+)/.exec(named) ?? [];
  const [, message] =
    /<Message>([^<]+)<\/Message>/.exec(text) ?? /"[Mm]essage"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text) ?? [];
  const name = code ?? `Http${status}`;
  return Object.assign(new Error(message ?? `${service} answered with ${status}.`), { name, status, text });
}
