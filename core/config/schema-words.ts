import { z } from 'zod';
import { fieldOf } from './checks/check.ts';
import { didYouMean } from './did-you-mean.ts';

/** What the schemas find wrong, in words that continue "<path>: ". Messages written in a schema itself come first. */
export const schemaWords: z.core.$ZodErrorMap = (issue) => {
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

/** An unknown key's message; `known` is what `schemaWords` gave for it. */
export function unknownKeyWords(key: string, known: string): string {
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

/** A union told apart by one field: what is wrong is that field. */
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
