import { isStale, namedError } from '../../core/contracts/errors.ts';
import { BEARER_SECRETS } from '../../core/contracts/names.ts';
import type { Prometheus } from '../../core/ports/prometheus.ts';
import { readQueryAnswer } from '../../core/probes/query-answer.ts';
import { callWebhook, MOST_BYTES, textOf, type WebhookGatesOptions } from './gates/webhook-gate.ts';
import { inTime } from './pinned-addresses.ts';
import { createSignedCalls, type Refusal, type SignedCallsOptions } from './signed-calls.ts';

type PrometheusOptions = WebhookGatesOptions & SignedCallsOptions;

interface Span {
  readonly from: Date;
  readonly to: Date;
}

/** The time for one query, including a secret, resolving names, and the answer. */
const TIMEOUT_MILLISECONDS = 10_000;
const MINUTE = 60_000;
const RANGE_QUERY = '/api/v1/query_range';

/**
 * Range queries by GET. A URL is called at an address that was checked, like a webhook (pinned-addresses.ts); redirects are not followed. A workspace
 * is asked by its Prometheus-compatible API, with the role of its account:
 * https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-APIReference-Prometheus-Compatible-Apis.html
 */
export function createPrometheus(options: PrometheusOptions): Prometheus {
  const { timeoutMilliseconds = TIMEOUT_MILLISECONDS } = options;
  // One try: the caller asks again for errors that may pass.
  const limits = { tries: 1, timeoutMilliseconds, mostBytes: MOST_BYTES };
  const service = { name: 'aps', variable: 'AMP', host: 'aps-workspaces' };
  const callWorkspace = createSignedCalls(service, { ...options, ...limits });
  return {
    async readMinutes(asked, allowedHosts, span) {
      const range = rangeOf(asked.query, span);
      if ('workspace' in asked) {
        const [, , , region = '', account = '', resource = ''] = asked.workspace.split(':');
        const path = `/${resource.replace('workspace/', 'workspaces/')}${RANGE_QUERY}`;
        const call = callWorkspace({ account, region }, {}, '', { method: 'GET', path, query: range });
        const { status, text } = await call.then((text) => ({ status: 200, text }), answerOf);
        return readQueryAnswer(status, text);
      }
      if (asked.secret?.includes(`:secret:${BEARER_SECRETS}`) === false)
        throw namedError(
          'QueryRefused',
          `Its secret is not sent, since its name does not begin with ${BEARER_SECRETS}.`,
        );
      const signal = AbortSignal.timeout(timeoutMilliseconds);
      const webhook = { webhook: withRange(asked.url, range), secret: asked.secret };
      const how = { method: 'GET', body: '', agent: 'liftlock', asBearer: true };
      const asking = callWebhook(options, webhook, how, allowedHosts, signal, async (response, confidential) => {
        const read = await textOf(response);
        return { status: response.statusCode ?? 0, confidential, ...read };
      });
      const answer = await inTime(asking, signal).catch((error) => {
        if (!signal.aborted) throw error;
        throw namedError('UrlUnreachable', `It did not answer within ${timeoutMilliseconds / 1_000} seconds.`);
      });
      if ('problem' in answer) throw namedError('QueryRefused', answer.problem);
      return readQueryAnswer(answer.status, answer.text, answer.confidential);
    },
  };
}

/** What Prometheus says of a query is its answer. A denial is thrown under AWS's name for it, and a missing answer as the error that it was. */
function answerOf(refusal: Refusal): { readonly status: number; readonly text: string } {
  const { status, text = '' } = refusal;
  // Expired credentials are no missing permission: the caller has new ones when it asks again.
  if (status === 403 && !isStale(refusal)) refusal.name = 'AccessDeniedException';
  if (status === undefined || status === 403) throw refusal;
  return { status, text };
}

/** The value at the end of a minute stands for that minute, so the first one is asked for at the end of the first minute. */
function rangeOf(query: string, { from, to }: Span): Readonly<Record<string, string>> {
  const seconds = (at: number): string => String(at / 1_000);
  return { query, start: seconds(from.getTime() + MINUTE), end: seconds(to.getTime()), step: '60' };
}

/** A text that is no URL is left as it is, and refused later. */
function withRange(base: string, range: Readonly<Record<string, string>>): string {
  if (!URL.canParse(base)) return base;
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}${RANGE_QUERY}`;
  for (const [name, value] of Object.entries(range)) url.searchParams.set(name, value);
  return url.href;
}
