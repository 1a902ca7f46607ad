type Json = unknown;

/** A pattern that EventBridge would refuse, or that uses an operator that is not known here. */
export class InvalidEventPattern extends Error {
  override readonly name = 'InvalidEventPatternException';
}

type Matcher = (value: Json, present: boolean) => boolean;

/**
 * Compiles an event pattern: fields that are all to match, lists of which one is to match, and the operators prefix, suffix, anything-but,
 * equals-ignore-case, wildcard, numeric, exists and $or.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function compileEventPattern(pattern: unknown): (event: Json) => boolean {
  if (!isObject(pattern) || Object.keys(pattern).length === 0)
    throw new InvalidEventPattern('Event pattern is not valid. Reason: Empty patterns are not allowed');
  return compileFields(pattern);
}

function compileFields(fields: Readonly<Record<string, Json>>): (event: Json) => boolean {
  const tests = Object.entries(fields).map(([name, wanted]): ((event: Json) => boolean) => {
    if (name === '$or') return compileAlternatives(wanted);
    const read = (event: Json): Json => (isObject(event) ? event[name] : undefined);
    const present = (event: Json): boolean => isObject(event) && Object.hasOwn(event, name);
    if (Array.isArray(wanted)) {
      if (wanted.length === 0)
        throw new InvalidEventPattern(`Event pattern is not valid. Reason: Empty arrays are not allowed: "${name}"`);
      const matchers = wanted.map(compileMatcher);
      return (event) => {
        const value = read(event);
        // An array in the event matches when one of its items does.
        const values = Array.isArray(value) && value.length > 0 ? value : [value];
        return matchers.some((matches) => values.some((one) => matches(one, present(event))));
      };
    }
    if (!isObject(wanted))
      throw new InvalidEventPattern(`Event pattern is not valid. Reason: "${name}" must be an object or an array`);
    const inner = compileFields(wanted);
    return (event) => inner(read(event));
  });
  return (event) => tests.every((test) => test(event));
}

function compileAlternatives(wanted: Json): (event: Json) => boolean {
  if (!Array.isArray(wanted) || !wanted.every(isObject))
    throw new InvalidEventPattern('Event pattern is not valid. Reason: $or must be an array of objects');
  const alternatives = wanted.map(compileFields);
  return (event) => alternatives.some((matches) => matches(event));
}

function compileMatcher(wanted: Json): Matcher {
  if (!isObject(wanted)) return (value, present) => present && value === wanted;
  const [entry, ...more] = Object.entries(wanted);
  if (entry === undefined || more.length > 0)
    throw new InvalidEventPattern('Event pattern is not valid. Reason: Only one operator per match expression');
  const [operator, operand] = entry;
  const onText =
    (test: (text: string) => boolean): Matcher =>
    (value) =>
      typeof value === 'string' && test(value);
  switch (operator) {
    case 'exists':
      return (_, present) => present === operand;
    case 'prefix':
      return onText((text) => text.startsWith(String(operand)));
    case 'suffix':
      return onText((text) => text.endsWith(String(operand)));
    case 'equals-ignore-case':
      return onText((text) => text.toLowerCase() === String(operand).toLowerCase());
    case 'wildcard':
      return onText(wildcard(String(operand)));
    case 'anything-but': {
      const excluded = (Array.isArray(operand) ? operand : [operand]).map(compileMatcher);
      return (value, present) => present && !excluded.some((matches) => matches(value, present));
    }
    case 'numeric':
      return numeric(operand);
    default:
      throw new InvalidEventPattern(`Event pattern is not valid. Reason: Unrecognized match type ${operator}`);
  }
}

function wildcard(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('[\\s\\S]*')}$`);
  return (text) => expression.test(text);
}

function numeric(operand: Json): Matcher {
  if (!Array.isArray(operand) || operand.length === 0 || operand.length % 2 === 1)
    throw new InvalidEventPattern('Event pattern is not valid. Reason: Invalid numeric match');
  const tests: ((value: number) => boolean)[] = [];
  for (let at = 0; at < operand.length; at += 2) tests.push(comparison(operand[at], Number(operand[at + 1])));
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

function comparison(sign: Json, bound: number): (value: number) => boolean {
  switch (sign) {
    case '=':
      return (value) => value === bound;
    case '<':
      return (value) => value < bound;
    case '<=':
      return (value) => value <= bound;
    case '>':
      return (value) => value > bound;
    case '>=':
      return (value) => value >= bound;
    default:
      throw new InvalidEventPattern(`Event pattern is not valid. Reason: Unrecognized numeric range operator: ${sign}`);
  }
}

function isObject(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
