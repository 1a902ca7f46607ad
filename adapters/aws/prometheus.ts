import { namedError } from '../../core/contracts/errors.ts';
import type { Prometheus } from '../../core/ports/prometheus.ts';
import { readQueryAnswer } from '../../core/probes/query-answer.ts';
import { callWebhook, textOf } from './gates/webhook-gate.ts';
import { inTime } from './pinned-addresses.ts';

type WebhookOptions = Parameters<typeof callWebhook>[0];

interface PrometheusOptions extends WebhookOptions {
  readonly timeoutMilliseconds?: number;
}

/** Everything that one query takes together: a secret, names, the answer. */
const TIMEOUT_MILLISECONDS = 10_000;
const MINUTE = 60_000;

/** Range queries by GET, to an address that was checked, as webhooks are called (pinned-addresses.ts); redirects are not followed. */
export function createPrometheus(options: PrometheusOptions): Prometheus {
  const { timeoutMilliseconds = TIMEOUT_MILLISECONDS } = options;
  return {
    async readMinutes({ url, secret, query }, allowedHosts, { from, to }) {
      const signal = AbortSignal.timeout(timeoutMilliseconds);
      const webhook = { webhook: rangeQuery(url, query, from, to), secret };
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

/** The value at the end of a minute is that minute's: the first is asked for at the end of the first minute. What is no URL is refused as it is. */
function rangeQuery(base: string, query: string, from: Date, to: Date): string {
  if (!URL.canParse(base)) return base;
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/api/v1/query_range`;
  const seconds = (at: number): string => String(at / 1_000);
  url.searchParams.set('query', query);
  url.searchParams.set('start', seconds(from.getTime() + MINUTE));
  url.searchParams.set('end', seconds(to.getTime()));
  url.searchParams.set('step', '60');
  return url.href;
}
