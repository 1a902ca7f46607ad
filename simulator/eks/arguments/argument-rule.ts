export type Arguments = Readonly<Record<string, unknown>>;

/** A rule about the arguments of an operation: it returns the error, or undefined. An absent argument is no error. */
export type ArgumentRule = (input: Arguments) => string | undefined;

/** The number at `path` (`updateConfig.maxUnavailable`) is within both bounds, or at least the first where there is no second. */
export function within(path: string, least: number, most = Number.POSITIVE_INFINITY): ArgumentRule {
  return (input) => {
    const value = valueAt(input, path);
    if (typeof value !== 'number' || (value >= least && value <= most)) return undefined;
    return most === Number.POSITIVE_INFINITY
      ? `${path} must be at least ${least}`
      : `${path} must be between ${least} and ${most}`;
  };
}

/** The length of the text at `path` is within both bounds. */
export function lengthWithin(path: string, least: number, most: number): ArgumentRule {
  return (input) => {
    const value = valueAt(input, path);
    const wrong = typeof value === 'string' && (value.length < least || value.length > most);
    return wrong ? `${path} must be between ${least} and ${most} characters` : undefined;
  };
}

/** The text at `path`, or each text of a list, is one of these. */
export function oneOf(path: string, ...allowed: readonly string[]): ArgumentRule {
  return (input) => {
    const value = valueAt(input, path);
    const given: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
    const wrong = given.find((each) => typeof each !== 'string' || !allowed.includes(each));
    return wrong === undefined ? undefined : `${path} ${String(wrong)} is not one of [${allowed.join(', ')}]`;
  };
}

export function valueAt(input: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? member(value, key) : undefined),
      input,
    );
}

const member = (value: object, key: string): unknown => (value as Arguments)[key];
