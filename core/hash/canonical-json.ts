import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { namedError } from '../contracts/errors.ts';

/**
 * Canonical JSON of RFC 8785 (JCS): sorted keys, no white space, ECMAScript numbers. Equal values give the same text, so that its hash can bind an
 * approval to a plan.
 * Throws `NotCanonicalizable` for values that JSON cannot represent (`undefined`, functions, NaN, infinities, cycles), because such a value must
 * never hash like another one.
 */
export function canonicalJson(value: unknown): string {
  return plainText(value, 0) ?? canonicalized(value);
}

/** Nothing that is hashed is nested deeper. A value that contains itself ends here. */
const DEEPEST = 60;

/** Printable ASCII in which JSON escapes nothing. */
const PLAIN_STRING = /^[ !#-[\]-~]*$/;

/**
 * The canonical text of a value that consists of plain JSON only; undefined for any other value, which the library then takes. Every audit item is
 * hashed, and this takes a tenth of the time.
 */
function plainText(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return stringText(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : undefined;
  if (typeof value !== 'object' || depth > DEEPEST) return undefined;
  return Array.isArray(value) ? arrayText(value, depth) : objectText(value, depth);
}

function stringText(value: string): string | undefined {
  if (PLAIN_STRING.test(value)) return `"${value}"`;
  return value.isWellFormed() ? JSON.stringify(value) : undefined;
}

function arrayText(values: readonly unknown[], depth: number): string | undefined {
  let text = '';
  for (const value of values) {
    const item = plainText(value, depth + 1);
    if (item === undefined) return undefined;
    text += text === '' ? item : `,${item}`;
  }
  return `[${text}]`;
}

function objectText(value: object, depth: number): string | undefined {
  if (Object.getPrototypeOf(value) !== Object.prototype || 'toJSON' in value) return undefined;
  let text = '';
  for (const key of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[key];
    if (member === undefined) continue;
    const name = stringText(key);
    const item = name === undefined ? undefined : plainText(member, depth + 1);
    if (item === undefined) return undefined;
    text += text === '' ? `${name}:${item}` : `,${name}:${item}`;
  }
  return `{${text}}`;
}

function canonicalized(value: unknown): string {
  let why = 'JSON cannot express it';
  try {
    const text = canonicalize(value);
    if (text !== undefined) return text;
  } catch (error) {
    if (error instanceof Error) why = error.message;
  }
  throw namedError('NotCanonicalizable', `This value has no canonical JSON: ${why}.`);
}

/**
 * The revision of a config object: the SHA-256 of its kind and spec in canonical JSON. Layout, comments, key order, labels and annotations do not
 * change it; every change of the spec does.
 */
export function revisionOf(document: { readonly kind: string; readonly spec: unknown }): string {
  return sha256Hex(canonicalJson({ kind: document.kind, spec: document.spec }));
}

/** SHA-256 of the text's UTF-8 bytes: 64 lower-case hexadecimal digits. */
export const sha256Hex = (text: string): string => hash('sha256', text, 'hex');
