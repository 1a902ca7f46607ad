import { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import type { ConfigDocument, ConfigIssue, DocumentPath } from './issue.ts';
import { fieldOf } from './sound-fields.ts';

/** Parses a document by its schema. Returns the typed object with defaults, or all issues. */
export function parseBySchema<Schema extends z.ZodType>(
  schema: Schema,
  document: ConfigDocument,
): { value: z.output<Schema>; issues: [] } | { value: undefined; issues: ConfigIssue[] } {
  const result = schema.safeParse(document.value, { error: schemaWords });
  if (result.success) return { value: result.data, issues: [] };
  const issues = result.error.issues.flatMap(inMeantForm);
  return { value: undefined, issues: issues.flatMap((issue) => translate(document, issue)) };
}

/** The typed object of a document; undefined where it is invalid, and its issues are added to `issues`. */
export function valueBySchema<Schema extends z.ZodType>(
  schema: Schema,
  document: ConfigDocument,
  issues: ConfigIssue[],
): z.output<Schema> | undefined {
  const { value, issues: found } = parseBySchema(schema, document);
  issues.push(...found);
  return value;
}

/** Where only one of several forms fits the kind of value (a map or a list), that form was meant. Its issues name the place inside it. */
function inMeantForm(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const isOther = ({ code, path }: z.core.$ZodIssue): boolean => code === 'invalid_type' && path.length === 0;
  const [meant, ...others] = issue.errors.filter((form) => form.length > 0 && !form.some(isOther));
  if (meant === undefined || others.length > 0) return [issue];
  return meant.flatMap((inner) => inMeantForm({ ...inner, path: [...issue.path, ...inner.path] }));
}

function translate(document: ConfigDocument, issue: z.core.$ZodIssue): ConfigIssue[] {
  const path: DocumentPath = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => document.issue('error', [...path, key], unknownKeyWords(key, issue.message), 'key'));
  }
  if (issue.code === 'invalid_key') {
    const key = JSON.stringify(path.at(-1));
    return issue.issues.map(({ message }) =>
      document.issue('error', path, sentence(`the key ${key} ${message}`), 'key'),
    );
  }
  const value = fieldOf(document.value, ...path);
  return [document.issue('error', path, words(issue, value, document.sourceOf(path)))];
}

function words(issue: z.core.$ZodIssue, value: unknown, source: string | undefined): string {
  if (value === undefined) return sentence(issue.message.startsWith('is missing') ? issue.message : 'is missing');
  const shown = source ?? String(value);
  if (isUnquoted(value) && wantsText(issue)) {
    const asRead = shown === String(value) ? 'quote it' : `quote it: it is read as ${value}`;
    return `${shown} without quotes is a ${typeof value}, and text is needed here; ${asRead}. Write "${shown}".`;
  }
  if (issue.code === 'invalid_type' && issue.message.startsWith('must be')) {
    return sentence(`${issue.message}, not ${kindOf(value)}`);
  }
  if (typeof value === 'object' && value !== null) return sentence(issue.message);
  const given = typeof value === 'string' ? JSON.stringify(shorten(value)) : shorten(shown);
  return sentence(
    issue.message.startsWith('must') ? `${given} is refused: it ${issue.message}` : `${given} ${issue.message}`,
  );
}

/**
 * Whether text is needed and the schema has no message of its own. That includes unions of which one form is text and the others are maps or lists,
 * such as a target (semantics.md, Target).
 */
function wantsText(issue: z.core.$ZodIssue): boolean {
  if (issue.code === 'invalid_type') return issue.expected === 'string' && issue.message.startsWith('must be');
  if (issue.code !== 'invalid_union') return false;
  const forms = issue.errors.map(([first]) => (first?.code === 'invalid_type' ? first.expected : undefined));
  return forms.includes('string') && forms.every((form) => form === 'string' || form === 'object' || form === 'array');
}

function isUnquoted(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return typeof value === 'string' ? `the text ${JSON.stringify(shorten(value))}` : `the ${typeof value} ${value}`;
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function sentence(text: string): string {
  return /[.?]$/.test(text) ? text : `${text}.`;
}

/** Messages for what the schemas find, which continue "<path>: ". A message in a schema itself takes precedence. */
const schemaWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'unrecognized_keys':
      return knownKeys(issue.inst).join(' ');
    case 'invalid_type':
      return issue.input === undefined ? missing(issue.inst) : `must be ${typeWords(issue.expected)}`;
    case 'invalid_value':
      return issue.input === undefined
        ? `${missing(issue.inst)} Write ${issue.values.join(' or ')}.`
        : oneOf(issue.input, issue.values);
    case 'invalid_format':
      return issue.format === 'datetime' ? 'is not an instant: write 2026-01-31T08:00:00Z' : 'is not valid here';
    case 'invalid_union':
      return unionWords(issue.input, issue.discriminator, issue.options);
    case 'too_small':
      return `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    default:
      return 'is not valid here';
  }
};

/** The message of an unknown key. `known` is the text of `schemaWords` for it. */
function unknownKeyWords(key: string, known: string): string {
  const keys = known.split(' ');
  const meant = didYouMean(key, keys);
  const hint = meant === undefined ? `Known here: ${keys.join(', ')}.` : `Did you mean ${meant}?`;
  return `this field is unknown, and nothing unknown is ignored. ${hint}`;
}

function knownKeys(schema: unknown): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function missing(schema: unknown): string {
  const description = schema instanceof z.ZodType ? schema.description : undefined;
  return `is missing and has no default. ${description ?? ''}`.trim();
}

function oneOf(input: unknown, values: readonly unknown[]): string {
  const meant = typeof input === 'string' ? didYouMean(input, values.map(String)) : undefined;
  const list = values.length === 1 ? `must be ${values[0]}` : `is not one of ${values.join(', ')}`;
  return meant === undefined ? list : `${list}. Did you mean ${meant}?`;
}

/** In a union that one field discriminates, that field is the problem. */
function unionWords(input: unknown, discriminator: string | undefined, options: unknown): string {
  if (discriminator === undefined || !Array.isArray(options)) return 'is not valid here';
  const given = fieldOf(input, discriminator);
  return given === undefined ? `is missing: write one of ${options.join(', ')}` : oneOf(given, options);
}

function typeWords(expected: string): string {
  const words: Record<string, string> = {
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a map',
    record: 'a map',
  };
  return words[expected] ?? expected;
}
