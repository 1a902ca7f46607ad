import type { z } from 'zod';
import { namedError } from '../../core/contracts/errors.ts';
import type { Counts } from '../../core/contracts/metrics.ts';
import type { FunctionName } from '../../core/contracts/names.ts';

/** Tells an operator something that is no outcome; ids, names and reasons only, never values of a cluster's objects. */
export type Log = (message: string, detail: Readonly<Record<string, unknown>>) => void;

/**
 * What a function is, apart from where it runs: Lambda wraps it with real ports (`handler.ts`), a simulation calls it with its own.
 * `parse` fails with `InvalidInput`; outcomes are return values, and what `run` throws is a fault.
 */
export interface FunctionDefinition<Ports, Input, Output> {
  readonly name: FunctionName;
  readonly parse: (event: unknown) => Input;
  /** A property and not a method: so a handler that makes too few ports does not compile. */
  readonly run: (ports: Ports, input: Input, log: Log) => Promise<Output>;
  /** What to find this run again by in the logs; ids only. */
  readonly correlation?: (input: Input) => Readonly<Record<string, string>>;
  /** Counts for CloudWatch, by metric name in PascalCase. */
  readonly counts?: (output: Output) => Counts;
}

/** Parses or fails with `InvalidInput` that names every bad member at once. */
export function parseOrRefuse<Data>(schema: z.ZodType<Data>, value: unknown, what: string): Data {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || what}: ${issue.message}`);
  throw namedError('InvalidInput', `${what} is not usable: ${problems.join('; ')}.`);
}
