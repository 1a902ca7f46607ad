import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { urlProblem } from '../../../core/config/checks/smoke-urls.ts';
import { errorName, namedError } from '../../../core/contracts/errors.ts';
import { type GateAnswer, readAnswer, unknown } from '../../../core/policy/gate-answer.ts';
import type { Clock } from '../../../core/ports/outside.ts';
import { addressesOf, pinnedLookup, type Resolve, resolveByDns } from '../pinned-addresses.ts';
import type { WebhookSecrets } from './webhook-secrets.ts';

export interface WebhookGatesOptions {
  readonly secrets: WebhookSecrets;
  readonly clock: Clock;
  readonly resolve?: Resolve;
}

interface Webhook {
  readonly webhook: string;
  readonly secret?: string | undefined;
}

export interface WebhookGates {
  /** Fails with `UrlRefused`, `UrlUnreachable` or `SecretUnreadable`; none of these names more of the URL than its host. */
  read(gate: Webhook, allowedHosts: readonly string[], signal: AbortSignal): Promise<GateAnswer>;
}

/** How a URL is called. */
interface Asking {
  readonly method: string;
  readonly body: string;
  readonly agent: string;
  /** Sends the secret itself, for receivers that know no signatures. */
  readonly asBearer?: boolean;
}

/** An answer of one word needs far less than this; two hours, minute by minute, need a quarter of it. */
export const MOST_BYTES = 16_384;

export function createWebhookGates(options: WebhookGatesOptions): WebhookGates {
  const asked = { method: 'GET', body: '', agent: 'liftlock-gate' };
  return {
    read: (gate, allowedHosts, signal) => callWebhook(options, gate, asked, allowedHosts, signal, answered),
  };
}

/**
 * Makes one request over https to an address that was checked (pinned-addresses.ts). Where a secret is named the request is signed, or carries the
 * secret; redirects are not followed. `answered` also gets the texts that must not be repeated to anybody. Fails as `WebhookGates.read` does.
 */
export async function callWebhook<Answer>(
  { secrets, clock, resolve = resolveByDns }: WebhookGatesOptions,
  { webhook, secret: arn }: Webhook,
  { method, body, agent, asBearer = false }: Asking,
  allowedHosts: readonly string[],
  signal: AbortSignal,
  answered: (response: IncomingMessage, confidential: readonly string[]) => Promise<Answer>,
): Promise<Answer> {
  const problem = urlProblem(webhook, allowedHosts);
  if (problem !== undefined) throw namedError('UrlRefused', problem);
  const url = new URL(webhook);
  // The fragment is for browsers and never sent, so it is not signed either.
  url.hash = '';
  const secret = arn === undefined ? undefined : await secretOf(secrets, arn, signal);
  const addresses = await addressesOf(url, allowedHosts, resolve, signal);
  const headers = {
    'user-agent': agent,
    accept: 'application/json',
    ...(body === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    ...(secret === undefined
      ? {}
      : asBearer
        ? { authorization: `Bearer ${secret.toString('utf8').trim()}` }
        : { [SIGNATURE_HEADER]: signature(secret, clock.now(), { method, url: url.href, body }) }),
  };
  const how = { method, signal, agent: false, headers, ...pinnedLookup(addresses) };
  const sent = [secret?.toString('utf8').trim() ?? '', url.search, ...url.searchParams.values()];
  const confidential = sent.filter((text) => text.length > 3);
  return new Promise((done, fail) => {
    const unreachable = (error: NodeJS.ErrnoException) => {
      const why = signal.aborted ? 'it did not answer in time' : whyBroken(error);
      fail(namedError('UrlUnreachable', `${url.host} could not be reached: ${why}`));
    };
    const call = request(url, how, (response) => {
      answered(response, confidential).then(done, unreachable);
    });
    call.once('error', unreachable);
    call.end(body);
  });
}

/** Names what is wrong with TLS: Node.js says it by OpenSSL's own lines, or adds how to start Node.js. */
function whyBroken({ code = '', message }: NodeJS.ErrnoException): string {
  if (code === 'EPROTO') return 'it speaks no TLS there, or none that Node.js takes';
  const isCertificate = /CERT|^UNABLE_TO_|^ERR_TLS_/.test(code);
  return isCertificate ? `its certificate is not trusted: ${message.replace(/;.*/s, '')}` : message;
}

/** A webhook that asks for a signature is not called without one. */
async function secretOf(secrets: WebhookSecrets, arn: string, signal: AbortSignal): Promise<Buffer> {
  try {
    return await secrets.valueOf(arn, signal);
  } catch (error) {
    const what = `Secrets Manager answered ${errorName(error)}, so nobody was asked`;
    throw namedError('SecretUnreadable', `${what}. Liftlock reads secrets of its own account named liftlock/…`);
  }
}

async function answered(response: IncomingMessage, confidential: readonly string[]): Promise<GateAnswer> {
  const body = await bodyOf(response);
  return 'problem' in body ? unknown(body.problem) : readAnswer(body.text, confidential);
}

/** The body that came with status 200, or why there is no answer that counts. */
export async function bodyOf(
  response: IncomingMessage,
): Promise<{ readonly text: string } | { readonly problem: string }> {
  const { statusCode: status = 0 } = response;
  if (status !== 200) {
    response.destroy();
    const redirected = status >= 300 && status < 400 ? ', and redirects are not followed' : '';
    return { problem: `It answered with HTTP status ${status} instead of 200${redirected}.` };
  }
  return textOf(response);
}

/** The body, whatever the status is. */
export async function textOf(
  response: IncomingMessage,
): Promise<{ readonly text: string } | { readonly problem: string }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    // Leaving the loop ends the connection.
    if (bytes > MOST_BYTES) return { problem: `Its answer is longer than ${MOST_BYTES} bytes.` };
  }
  return { text: Buffer.concat(chunks).toString('utf8') };
}

const SIGNATURE_HEADER = 'liftlock-signature';

/** What is signed; receivers verify exactly this (docs/gates.md). */
interface Signed {
  readonly method: string;
  /** The whole URL as it is called, with its query. */
  readonly url: string;
  readonly body: string;
}

/** `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.METHOD.URL.body">`. The time lets a receiver refuse a request that is replayed later. */
export function signature(secret: Buffer, at: Date, { method, url, body }: Signed): string {
  const t = Math.floor(at.getTime() / 1000);
  const digest = createHmac('sha256', secret).update(`${t}.${method}.${url}.${body}`).digest('hex');
  return `t=${t},v1=${digest}`;
}
