import { z } from 'zod';
import { durationMilliseconds, positiveDuration } from '../../core/config/schema/quantities.ts';
import { MOST_HOURS } from '../../core/policy/break-glass.ts';
import { parseOrRefuse } from '../runtime/function-definition.ts';
import type { ApiContext } from './api-context.ts';
import { HttpError } from './http-error.ts';

/** The bytes of a body. Config may list thousands of cluster names; any other body is much smaller. */
export const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Reads the JSON of a request. It takes `application/json` only, because a page in a browser cannot send that to another origin without a preflight
 * request. This protects the API that `liftlock local up` opens on loopback. Fails with `HttpError` or `InvalidInput`.
 */
export async function readBody<Data>(context: ApiContext, schema: z.ZodType<Data>): Promise<Data> {
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json')
    throw new HttpError(415, 'UnsupportedMediaType', 'Send the body as content-type: application/json.');
  const text = await context.req.text();
  let value: unknown;
  try {
    value = text.trim() === '' ? {} : JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 200) : 'it cannot be parsed';
    throw new HttpError(400, 'InvalidInput', `The body is not JSON: ${why}.`);
  }
  return parseOrRefuse(schema, value, 'body');
}

const reasonText = z
  .string()
  .trim()
  .min(1, 'is empty; say in a few words why')
  .max(500, 'is longer than 500 characters')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is kept out of audits, logs and terminals.
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'has control characters');

/** A person's order to pass windows and freezes; `for` is a duration such as `2h`. */
export const breakGlassBody = z
  .strictObject({
    reason: reasonText,
    for: positiveDuration
      .refine(
        (text) => durationMilliseconds(text) <= MOST_HOURS * 3_600_000,
        `is longer than ${MOST_HOURS}h; ask again when it is over`,
      )
      .default('1h'),
  })
  .transform(({ reason, for: duration }) => ({ reason, milliseconds: durationMilliseconds(duration) }));

/** An order that halts something needs a reason, because whoever finds it halted asks for one. */
export const withReason = z.strictObject({ reason: reasonText });
export const withOptionalReason = z.strictObject({ reason: reasonText.optional() });
