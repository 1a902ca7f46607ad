type Json = unknown;

/** A pattern that EventBridge would refuse, or that uses an operator which is not modelled. */
export class InvalidEventPattern extends Error {
  override readonly name = 'InvalidEventPatternException';
}

type Matcher = (value: Json, present: boolean) => boolean;

/**
 * Compiles an event pattern: fields that must all match, lists of which one must match, and the operators prefix, suffix, anything-but,
 * equals-ignore-case, wildcard, numeric, exists and $or. Source:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function compileEventPattern(pattern: unknown): (event: Json) => boolean {
  if (!isObject(pattern) || Object.keys(pattern).length === 0)
    throw new InvalidEventPattern('Event pattern is not valid. Reason: Empty patterns are not allowed');
  return compileFields(pattern);
}

const invalid = (reason: string): InvalidEventPattern =>
  new InvalidEventPattern(`Event pattern is not valid. Reason: ${reason}`);

function compileFields(fields: Readonly<Record<string, Json>>): (event: Json) => boolean {
  const tests = Object.entries(fields).map(([name, wanted]): ((event: Json) => boolean) => {
    if (name === '$or') return compileAlternatives(wanted);
    const read = (event: Json): Json => (isObject(event) ? event[name] : undefined);
    const present = (event: Json): boolean => isObject(event) && Object.hasOwn(event, name);
    if (Array.isArray(wanted)) {
      if (wanted.length === 0) throw invalid(`Empty arrays are not allowed: "${name}"`);
      const matchers = wanted.map(compileMatcher);
      return (event) => {
        const value = read(event);
        // An array in the event matches when one of its items does.
        const values = Array.isArray(value) && value.length > 0 ? value.flat(Number.POSITIVE_INFINITY) : [value];
        return matchers.some((matches) => values.some((one) => matches(one, present(event))));
      };
    }
    if (!isObject(wanted)) throw invalid(`"${name}" must be an object or an array`);
    if (Object.keys(wanted).length === 0) throw invalid(`Empty objects are not allowed: "${name}"`);
    const inner = compileFields(wanted);
    return (event) => {
      const value = read(event);
      // In a list of objects, all fields must match in the same object.
      return Array.isArray(value) && value.length > 0 ? value.some((one) => inner(one)) : inner(value);
    };
  });
  return (event) => tests.every((test) => test(event));
}

function compileAlternatives(wanted: Json): (event: Json) => boolean {
  if (!Array.isArray(wanted) || !wanted.every(isObject)) throw invalid('$or must be an array of objects');
  if (wanted.length < 2) throw invalid('There must have at least 2 Objects in $or relationship');
  if (wanted.some((one) => Object.keys(one).length === 0)) throw invalid('Empty objects are not allowed: "$or"');
  const alternatives = wanted.map(compileFields);
  return (event) => alternatives.some((matches) => matches(event));
}

function compileMatcher(wanted: Json): Matcher {
  if (Array.isArray(wanted)) throw invalid('Match value must be String, number, true, false, or null');
  if (!isObject(wanted)) return (value, present) => present && value === wanted;
  const [operator, operand] = onlyEntry(wanted);
  switch (operator) {
    case 'exists':
      if (typeof operand !== 'boolean') throw invalid('exists match pattern must be either true or false');
      // The operator is about leaves, and an object is none.
      return (value, present) => (present && !isObject(value)) === operand;
    case 'anything-but': {
      const excluded = compileExcluded(operand);
      return (value, present) => present && !isObject(value) && !excluded.some((matches) => matches(value, present));
    }
    case 'numeric':
      return numeric(operand);
    default:
      return compileText(operator, operand);
  }
}

/** Values that must not match, or an operator on texts with one text or a list of them. */
function compileExcluded(operand: Json): Matcher[] {
  if (isObject(operand)) {
    const [operator, texts] = onlyEntry(operand);
    return listOf(texts).map((text) => compileText(operator, text));
  }
  return listOf(operand).map((value) => {
    if (typeof value === 'object' || typeof value === 'boolean')
      throw invalid('Inside anything-but list, start|null|boolean is not supported');
    return compileMatcher(value);
  });
}

function listOf(operand: Json): Json[] {
  if (!Array.isArray(operand)) return [operand];
  if (operand.length === 0) throw invalid('Empty arrays are not allowed');
  return operand;
}

function compileText(operator: string, operand: Json): Matcher {
  if (!['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(operator))
    throw invalid(`Unrecognized match type ${operator}`);
  const ignoresCase = isObject(operand) && (operator === 'prefix' || operator === 'suffix');
  const [within, wanted] = ignoresCase ? onlyEntry(operand) : ['', operand];
  if (ignoresCase && within !== 'equals-ignore-case') throw invalid(`Unrecognized match type ${within}`);
  if (typeof wanted !== 'string') throw invalid(`${operator} match pattern must be a string`);
  const test = textTest(operator, ignoresCase ? wanted.toLowerCase() : wanted);
  return (value) => typeof value === 'string' && test(ignoresCase ? value.toLowerCase() : value);
}

function textTest(operator: string, wanted: string): (text: string) => boolean {
  switch (operator) {
    case 'prefix':
      return (text) => text.startsWith(wanted);
    case 'suffix':
      return (text) => text.endsWith(wanted);
    case 'wildcard':
      return wildcard(wanted);
    default:
      return (text) => text.toLowerCase() === wanted.toLowerCase();
  }
}

function onlyEntry(wanted: Readonly<Record<string, Json>>): readonly [string, Json] {
  const [entry, ...more] = Object.entries(wanted);
  if (entry === undefined || more.length > 0) throw invalid('Only one operator per match expression');
  return entry;
}

/** A backslash before a star or a backslash makes it literal. */
function wildcard(pattern: string): (text: string) => boolean {
  const parts = pattern.match(/\\[\s\S]|[\s\S]/g) ?? [];
  if (parts.some((part, at) => part === '*' && parts[at + 1] === '*'))
    throw invalid('Consecutive wildcard characters are not allowed');
  if (parts.some((part) => part.startsWith('\\') && !['\\*', '\\\\'].includes(part)))
    throw invalid('Invalid escape character');
  const quoted = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const expression = new RegExp(
    `^${parts.map((part) => (part === '*' ? '[\\s\\S]*' : quoted(part.at(-1) ?? ''))).join('')}$`,
  );
  return (text) => expression.test(text);
}

function numeric(operand: Json): Matcher {
  if (!Array.isArray(operand) || operand.length === 0 || operand.length % 2 === 1)
    throw invalid('Invalid numeric match');
  const tests: ((value: number) => boolean)[] = [];
  for (let at = 0; at < operand.length; at += 2) {
    const bound: Json = operand[at + 1];
    if (typeof bound !== 'number') throw invalid('Value of numeric match must be numeric');
    tests.push(comparison(operand[at], bound));
  }
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
      throw invalid(`Unrecognized numeric range operator: ${sign}`);
  }
}

function isObject(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
