import { z } from 'zod';
import type { JsonSchema } from './fields-of.ts';

/** A zod schema as people write types: one member a line, `?` where it may be absent. */
export function describeShape(schema: z.ZodType): string {
  return typeOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema, '');
}

function typeOf(schema: JsonSchema, indent: string): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.map((choice) => typeOf(choice, indent)).join(' | ');
  if (schema.type === 'array') return `${typeOf(schema.items ?? {}, indent)}[]`;
  if (schema.properties !== undefined) return membersOf(schema, indent);
  if (schema.type === 'object') return `{ [name]: ${typeOf(objectOf(schema.additionalProperties), indent)} }`;
  if (schema.format === 'date-time') return 'timestamp';
  return String(schema.type ?? 'any');
}

function membersOf(schema: JsonSchema, indent: string): string {
  const inner = `${indent}  `;
  const lines = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const optional = schema.required?.includes(name) === true ? '' : '?';
    return `${inner}${name}${optional}: ${typeOf(member, inner)}`;
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}

const objectOf = (schema: boolean | JsonSchema | undefined): JsonSchema => (typeof schema === 'object' ? schema : {});
