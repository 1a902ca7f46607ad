/** `$name.member.member`, perhaps compared with one literal, or a variable plus a number: what most expressions of a machine are. */
export interface PlainPath {
  readonly variable: string;
  readonly members: readonly string[];
  /** What the value is compared with by `=`. */
  readonly equals?: string | number | boolean;
  readonly plus?: number;
}

const PATTERN = /^\$([A-Za-z]\w*)((?:\.[A-Za-z]\w*)*)(?:\s*=\s*(?:'([^'\\]*)'|(\d+)|(true|false))|\s*\+\s*(\d+))?$/;
/** Words that mean something else than a member to JSONata. */
const WORDS = new Set(['and', 'or', 'in', 'true', 'false', 'null']);

/** The expression taken apart; undefined when it is more than a plain path. */
export function plainPathOf(source: string): PlainPath | undefined {
  const match = PATTERN.exec(source);
  if (match === null) return undefined;
  const [, variable = '', path = '', text, number, truth, plus] = match;
  const members = path.split('.').slice(1);
  if (members.some((member) => WORDS.has(member))) return undefined;
  if (text !== undefined) return { variable, members, equals: text };
  if (number !== undefined) return { variable, members, equals: Number(number) };
  if (truth !== undefined) return { variable, members, equals: truth === 'true' };
  return plus === undefined ? { variable, members } : { variable, members, plus: Number(plus) };
}

/** Stands for "JSONata has more to say about this": lists on the way, nothing there, a function. */
export const NOT_PLAIN = Symbol('not plain');

/**
 * What JSONata would answer, as long as the way leads through objects alone to something that is no list; {@link NOT_PLAIN} otherwise.
 * The value is shared with the variable.
 */
export function followPlainPath(path: PlainPath, variable: unknown): unknown {
  let value = variable;
  for (const member of path.members) {
    if (!isPlainObject(value) || !Object.hasOwn(value, member)) return NOT_PLAIN;
    value = value[member];
  }
  if (value === undefined || value === null || Array.isArray(value)) return NOT_PLAIN;
  if (path.equals !== undefined) return typeof value === 'object' ? NOT_PLAIN : value === path.equals;
  if (path.plus !== undefined) return typeof value === 'number' ? value + path.plus : NOT_PLAIN;
  return typeof value === 'function' ? NOT_PLAIN : value;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
