import type { z } from 'zod';
import { fieldOf } from './checks/check.ts';
import type { ConfigIssue, DocumentPath } from './issue.ts';
import { schemaWords, unknownKeyWords } from './schema-words.ts';
import type { YamlDocument } from './yaml-document.ts';

/** Parses a document by its schema: the typed object with defaults, or everything that is wrong with it. */
export function parseBySchema<Schema extends z.ZodType>(
  schema: Schema,
  document: YamlDocument,
): { value: z.output<Schema>; issues: [] } | { value: undefined; issues: ConfigIssue[] } {
  const result = schema.safeParse(document.value, { error: schemaWords });
  if (result.success) return { value: result.data, issues: [] };
  const issues = result.error.issues.flatMap(inMeantForm);
  return { value: undefined, issues: issues.flatMap((issue) => translate(document, issue)) };
}

/**
 * Where one of several forms is a map or a list, and that is what was written, that form is meant: what is wrong with it has a place of
 * its own inside.
 */
function inMeantForm(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const isOther = ({ code, path }: z.core.$ZodIssue): boolean => code === 'invalid_type' && path.length === 0;
  const [meant, ...others] = issue.errors.filter((form) => form.length > 0 && !form.some(isOther));
  if (meant === undefined || others.length > 0) return [issue];
  return meant.flatMap((inner) => inMeantForm({ ...inner, path: [...issue.path, ...inner.path] }));
}

function translate(document: YamlDocument, issue: z.core.$ZodIssue): ConfigIssue[] {
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
 * Text is needed, and the schema has no better words of its own: also where one of several forms is text and the others are maps or
 * lists, such as a target (semantics.md, Target).
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
