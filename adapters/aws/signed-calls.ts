import { request as requestPlain } from 'node:http';
import { request } from 'node:https';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { namedError } from '../../core/contracts/errors.ts';
import type { Scope } from '../../core/ports/eks.ts';
import type { Clock } from '../../core/ports/outside.ts';
import type { SpokeCredentials } from './spoke-role.ts';
import { createTokenBucket, type Sleep } from './token-bucket.ts';

export interface SignedCallsOptions {
  readonly sessions: { readonly forAccount: (account: string) => Promise<Omit<SpokeCredentials, 'expiration'>> };
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** In place of AWS's own, by the SDK's name of the service (`SERVICE_QUOTAS`), as its clients take it from the environment. */
  readonly endpointOf: (service: string) => string | undefined;
  /** What may change something is tried once. */
  readonly tries?: number;
  /** Of one try; ten seconds when absent. */
  readonly timeoutMilliseconds?: number;
  /** What an answer may have, where whoever asks decides how long it is; without a limit when absent. */
  readonly mostBytes?: number;
}

interface Service {
  /** As requests are signed: `ec2`. */
  readonly name: string;
  /** As variables of the environment name it. */
  readonly variable: string;
  /** Of the host, where it is not the name. */
  readonly host?: string;
  /** One for the whole partition, as IAM is. */
  readonly isGlobal?: true;
}

/** Where REST has it, instead of posted to the root. */
interface Place {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

/** Of the query protocol. */
export const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
const TIMEOUT_MILLISECONDS = 10_000;
/** A small rate of its own for each service: the account's other tools share what AWS gives. */
const RATE = { perSecond: 3, burst: 9 };

/** Signed requests to a service of the account's, of which the SDK's client would weigh more than they do (docs/adr/0027); the text that it answers. */
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
      const passes =
        answer instanceof Error || answer.status >= 500 || /^(RequestLimit|Throttl|TooMany)/.test(error.name);
      if (!passes || tried >= tries) throw error;
      await sleep(2 ** tried * 250);
    }
  };
}

function placeOf({ name, host = name, isGlobal }: Service, region: string): { host: string; region: string } {
  if (isGlobal === undefined)
    return { host: `${host}.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`, region };
  if (region.startsWith('cn-')) return { host: `${host}.cn-north-1.amazonaws.com.cn`, region: 'cn-north-1' };
  if (region.startsWith('us-gov-')) return { host: `${host}.us-gov.amazonaws.com`, region: 'us-gov-west-1' };
  return { host: `${host}.amazonaws.com`, region: 'us-east-1' };
}

interface Answer {
  readonly status: number;
  /** The name of the error, where REST says it beside the text. */
  readonly errorType: string | undefined;
  /** What Lambda says beside status 200 of a function that has failed. */
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

/** As it is signed, too: `encodeURIComponent` leaves five signs that SigV4 does not. */
const escapeUri = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** What a service has refused with, where it has said anything. */
export type Refusal = Error & Partial<Pick<Answer, 'status' | 'text'>>;

/** XML has `<Code>` and `<Message>`, whatever each service writes around the two; JSON has `__type`, and REST a header, with or without a namespace. */
function refusalOf({ status, errorType, functionError, text }: Answer, service: string): Refusal {
  if (functionError !== undefined) return Object.assign(new Error(text), { name: functionError });
  const named = errorType === undefined ? text : `"__type":"${errorType}"`;
  const [, code] = /<Code>([^<]+)<\/Code>/.exec(text) ?? /"__type"\s*:\s*"(?:[^"#]*#)?([^":]+)/.exec(named) ?? [];
  const [, message] =
    /<Message>([^<]+)<\/Message>/.exec(text) ?? /"[Mm]essage"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text) ?? [];
  const name = code ?? `Http${status}`;
  return Object.assign(new Error(message ?? `${service} answered with ${status}.`), { name, status, text });
}
