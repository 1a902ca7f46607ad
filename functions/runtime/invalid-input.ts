import type { z } from 'zod';
import { namedError } from '../../core/contracts/errors.ts';

/** Parses or fails with `InvalidInput` that names every bad member at once. */
export function parseOrRefuse<Data>(schema: z.ZodType<Data>, value: unknown, what: string): Data {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || what}: ${issue.message}`);
  throw namedError('InvalidInput', `${what} is not usable: ${problems.join('; ')}.`);
}
