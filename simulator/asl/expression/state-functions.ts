import { createHash } from 'node:crypto';
import { compileExpression } from './compiled-expression.ts';

/** The sources of functions that depend on more than their arguments. */
export interface FunctionSources {
  /** The instant of `$now` and `$millis`. */
  readonly now: Date;
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number;
  /** A version 4 UUID. */
  readonly uuid: () => string;
}

/** A failure of a function, with jsonata's code. */
class FunctionError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const hashAlgorithms: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

function argument<T>(value: unknown, position: number, name: string, accepts: (value: unknown) => value is T): T {
  if (accepts(value)) return value;
  throw new FunctionError('T0410', `Argument ${position} of function "${name}" does not match function signature`);
}

const isNumber = (value: unknown): value is number => typeof value === 'number';
const isString = (value: unknown): value is string => typeof value === 'string';

function partition(items: unknown, size: unknown): unknown[][] | undefined {
  if (items === undefined || size === undefined) return undefined;
  const length = Math.trunc(argument(size, 2, 'partition', isNumber));
  if (length <= 0) throw new FunctionError('D3137', 'Argument 2 of function "partition" must be a positive number');
  const all: unknown[] = Array.isArray(items) ? items : [items];
  const parts: unknown[][] = [];
  for (let start = 0; start < all.length; start += length) parts.push(all.slice(start, start + length));
  return parts;
}

function range(first: unknown, last: unknown, increment: unknown): unknown {
  if (first === undefined || last === undefined || increment === undefined) return undefined;
  // Arguments lose their fraction towards zero (measured, floci-io/floci#2676).
  const from = Math.trunc(argument(first, 1, 'range', isNumber));
  const to = Math.trunc(argument(last, 2, 'range', isNumber));
  const step = Math.trunc(argument(increment, 3, 'range', isNumber));
  if (step === 0) throw new FunctionError('D3137', 'Argument 3 of function "range" must not be zero');
  // A JSONata sequence, unlike the result of $partition: one number becomes that number, none becomes undefined.
  const numbers: number[] & { sequence?: boolean } = [];
  numbers.sequence = true;
  const count = Math.floor((to - from) / step);
  for (let index = 0; index <= count; index++) numbers.push(from + index * step);
  return numbers;
}

function hash(data: unknown, algorithm: unknown): string | undefined {
  if (data === undefined || algorithm === undefined) return undefined;
  const name = hashAlgorithms[argument(algorithm, 2, 'hash', isString)];
  if (name === undefined) {
    throw new FunctionError('D3137', `Algorithm must be one of ${Object.keys(hashAlgorithms).join(', ')}`);
  }
  return createHash(name)
    .update(argument(data, 1, 'hash', isString))
    .digest('hex');
}

function parse(text: unknown): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(argument(text, 1, 'parse', isString));
  } catch (error) {
    if (error instanceof FunctionError) throw error;
    throw new FunctionError('D3137', 'Argument 1 of function "parse" is not a valid JSON string');
  }
}

/** java.util.Random's first double for a seed: the same seed always gives the same number. */
function seeded(seed: number): number {
  const mask = (1n << 48n) - 1n;
  let state = (BigInt(Math.trunc(seed)) ^ 0x5deece66dn) & mask;
  const bits = (count: bigint): bigint => {
    state = (state * 0x5deece66dn + 0xbn) & mask;
    return state >> (48n - count);
  };
  return Number((bits(26n) << 27n) + bits(27n)) / 2 ** 53;
}

function shuffle(items: unknown, random: () => number): unknown {
  if (items === undefined) return undefined;
  const shuffled: unknown[] = Array.isArray(items) ? [...items] : [items];
  for (let index = shuffled.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    [shuffled[index], shuffled[other]] = [shuffled[other], shuffled[index]];
  }
  return shuffled;
}

/**
 * The functions that Step Functions adds to JSONata, and those of JSONata that would read the clock or use random numbers outside the interpreter.
 * `eval` is undefined: AWS fails its calls as calls of a non-function. Source:
 * https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
export function stateFunctions(sources: FunctionSources): Readonly<Record<string, unknown>> {
  const { now, random, uuid } = sources;
  return {
    partition,
    range,
    hash,
    parse,
    uuid,
    random: (seed?: unknown) => (seed === undefined ? random() : seeded(argument(seed, 1, 'random', isNumber))),
    shuffle: (items: unknown) => shuffle(items, random),
    millis: () => now.getTime(),
    now: (picture?: unknown, timezone?: unknown) =>
      picture === undefined && timezone === undefined
        ? now.toISOString()
        : compileExpression('$fromMillis($instant, $picture, $timezone)').evaluate(undefined, {
            instant: now.getTime(),
            picture,
            timezone,
          }),
    eval: undefined,
  };
}
