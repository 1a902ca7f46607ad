import type { z } from 'zod';
import { deepFreeze } from '../config/deep-freeze.ts';

/** What came of data that cannot change any more, by the data itself. */
const known = new WeakMap<object, { readonly schema: unknown; readonly result: unknown }>();

/**
 * `schema.safeParse`, once for data that is frozen: a table gives the same frozen item again as long as it has not changed.
 */
export function parseFrozen<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.ZodSafeParseResult<z.output<Schema>> {
  if (typeof value !== 'object' || value === null) return schema.safeParse(value);
  const before = known.get(value);
  if (before?.schema === schema) return before.result as z.ZodSafeParseResult<z.output<Schema>>;
  // Asked last: it takes longer than all of this.
  if (!Object.isFrozen(value)) return schema.safeParse(value);
  const result = schema.safeParse(value);
  if (result.success) deepFreeze(result.data);
  known.set(value, { schema, result });
  return result;
}
