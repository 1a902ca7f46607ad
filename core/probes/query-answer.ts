import { z } from 'zod';
import { namedError } from '../contracts/errors.ts';
import { parseJson } from '../model/parse-json.ts';
import { withoutSecrets } from '../policy/gate-answer.ts';
import type { MetricMinute } from '../ports/account.ts';

const MINUTE = 60_000;

/** https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries; other members of an answer are not needed. */
const answered = z.object({
  status: z.literal('success'),
  warnings: z.array(z.string()).optional(),
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.string()])) })),
  }),
});
const refused = z.object({ status: z.literal('error'), error: z.string() });

/**
 * The minutes of the answer to a range query with a step of a minute, whose values count the minute before each instant. Values that are no numbers
 * (a division by zero) are left out, like minutes without a value. Throws `QueryRefused` where the query is wrong, and `IncompleteAnswer` where the
 * answer is: an answer that the server calls partial counts as none.
 * @param confidential what was sent and must not be repeated to anybody
 */
export function readQueryAnswer(status: number, body: string, confidential: readonly string[] = []): MetricMinute[] {
  const json = parseJson(body);
  const error = refused.safeParse(json).data?.error;
  if (status !== 200) {
    const said = `It answered with HTTP status ${status}${error === undefined ? '' : `: ${withoutSecrets(error, confidential)}`}.`;
    // A server that is busy (429) or down (5xx) may answer later. An error about the request itself stays.
    const isFinal = status >= 300 && status < 500 && status !== 429;
    throw namedError(isFinal ? 'QueryRefused' : 'IncompleteAnswer', said);
  }
  const parsed = answered.safeParse(json);
  if (!parsed.success) throw namedError('QueryRefused', 'Its answer is none of the Prometheus API to a range query.');
  const { warnings = [], data } = parsed.data;
  if (warnings[0] !== undefined)
    throw namedError('IncompleteAnswer', `It warns: ${withoutSecrets(warnings[0], confidential)}.`);
  if (data.result.length > 1)
    throw namedError(
      'QueryRefused',
      `The query gives ${data.result.length} series, and one is compared: put sum(…) around it.`,
    );
  return (data.result[0]?.values ?? []).flatMap(([seconds, text]) => {
    const value = Number(text);
    return Number.isFinite(value) ? { at: new Date(seconds * 1_000 - MINUTE), value } : [];
  });
}
