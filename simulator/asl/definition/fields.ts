import { isExpression } from '../expression/expression-text.ts';
import { isJsonObject } from '../json/json.ts';
import type { Diagnostics } from './diagnostics.ts';

/** An object of a definition, its place, and the collector of its errors. */
export interface FieldsAt {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly location: string;
  readonly diagnostics: Diagnostics;
}

/** The object at a place, or nothing after an error. */
export function objectAt(value: unknown, location: string, diagnostics: Diagnostics): FieldsAt | undefined {
  if (isJsonObject(value)) return { fields: value, location, diagnostics };
  diagnostics.schema('Value must be an object', location);
  return undefined;
}

/** Reports every unknown field. AWS points at the object, not at the field. */
export function refuseUnknownFields({ fields, location, diagnostics }: FieldsAt, known: readonly string[]): void {
  for (const name of Object.keys(fields)) {
    if (!known.includes(name)) diagnostics.schema(`Field '${name}' is not supported`, location);
  }
}

/** Whether a field exists; reports it when it does not. */
export function requireField({ fields, location, diagnostics }: FieldsAt, name: string): boolean {
  if (fields[name] !== undefined) return true;
  diagnostics.schema(`These fields are required: [${name}]`, location);
  return false;
}

/** Checks that a field, if present, is a string that is not empty. */
export function checkString({ fields, location, diagnostics }: FieldsAt, name: string): void {
  const value = fields[name];
  if (value === undefined || (typeof value === 'string' && value !== '')) return;
  diagnostics.schema(value === '' ? 'Value cannot be empty' : 'Expected value of type String', `${location}/${name}`);
}

/** The range of a number in a definition. */
export interface NumberRule {
  readonly minimum: number;
  readonly maximum: number;
  readonly fraction?: boolean;
  readonly expression?: boolean;
}

/** Checks that a field, if present, is a number in range, or an expression where one is allowed. */
export function checkNumber({ fields, location, diagnostics }: FieldsAt, name: string, rule: NumberRule): void {
  const value = fields[name];
  if (value === undefined || (rule.expression && isExpression(value))) return;
  const place = `${location}/${name}`;
  if (typeof value !== 'number' || (!rule.fraction && !Number.isInteger(value))) {
    diagnostics.schema(`Expected value of type ${rule.fraction ? 'Number' : 'Integer'}`, place);
  } else if (value < rule.minimum || value > rule.maximum) {
    diagnostics.schema(`Value must be from ${rule.minimum} to ${rule.maximum}`, place);
  }
}

/** Checks that a field, if present, is one of a few words. */
export function checkChoice({ fields, location, diagnostics }: FieldsAt, name: string, words: readonly string[]): void {
  const value = fields[name];
  if (value === undefined || (typeof value === 'string' && words.includes(value))) return;
  diagnostics.schema(
    `The field '${name}' should have one of these values: [${words.join(', ')}]`,
    `${location}/${name}`,
  );
}

/** The items of a field that must be a list with at least one item; none after an error. */
export function listAt({ fields, location, diagnostics }: FieldsAt, name: string): readonly unknown[] {
  const value = fields[name];
  if (Array.isArray(value) && value.length > 0) return value;
  diagnostics.schema(
    Array.isArray(value) ? 'Value cannot be empty' : 'Expected value of type Array',
    `${location}/${name}`,
  );
  return [];
}
