import type { z } from 'zod';
import { namedError } from '../../core/contracts/errors.ts';
import type { Counts } from '../../core/contracts/metrics.ts';
import type { FunctionName } from '../../core/contracts/names.ts';

/** Tells an operator something that is no outcome. `detail` holds ids, names and reasons, and never values of a cluster's objects. */
export type Log = (message: string, detail: Readonly<Record<string, unknown>>) => void;

/**
 * A function without the place where it runs: Lambda wraps it with real ports (`handler.ts`), and a simulation calls it with its own. `parse` fails
 * with `InvalidInput`. Outcomes are return values, and whatever `run` throws is a fault.
 */
export interface FunctionDefinition<Ports, Input, Output> {
  readonly name: FunctionName;
  readonly parse: (event: unknown) => Input;
  /** It is a property and no method, so that a handler which makes too few ports does not compile. */
  readonly run: (ports: Ports, input: Input, log: Log) => Promise<Output>;
  /** Ids by which the logs of this run can be found. */
  readonly correlation?: (input: Input) => Readonly<Record<string, string>>;
  /** Counts for CloudWatch, by metric name in PascalCase. */
  readonly counts?: (output: Output) => Counts;
}

/** Parses the value. Fails with `InvalidInput`, which names every bad member at once. */
export function parseOrRefuse<Data>(schema: z.ZodType<Data>, value: unknown, what: string): Data {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || what}: ${issue.message}`);
  throw namedError('InvalidInput', `${what} is not usable: ${problems.join('; ')}.`);
}
