import { z } from 'zod';
import { cell, markdownTable } from './markdown-table.ts';

/** As much of a JSON Schema as documents tell. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly default?: unknown;
  readonly description?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
}

interface Field {
  /** `findings[].location.file` */
  readonly path: string;
  readonly type: string;
  readonly description: string;
}

/** The fields of a schema that are to be told, as Markdown. */
export function fieldTable(schema: z.ZodType, io: 'input' | 'output', isTold: (field: Field) => boolean): string {
  const rows = fieldsOf(z.toJSONSchema(schema, { io, unrepresentable: 'any' }))
    .filter(isTold)
    .map(({ path, type, description }) => [`\`${path}\``, cell(type), cell(description)]);
  return markdownTable(['Field', 'Type', 'Meaning'], rows);
}

/** Words and what they mean, as Markdown. */
export function wordTable(heading: string, all: Readonly<Record<string, string>>): string {
  const rows = Object.entries(all).map(([word, meaning]) => [`\`${word}\``, cell(meaning)]);
  return markdownTable([heading, 'Meaning'], rows);
}

/** Every field of a JSON Schema, in the order of the schema, those inside after the one that holds them. */
function fieldsOf(schema: object, prefix = ''): Field[] {
  const { properties = {} } = schema as JsonSchema;
  return Object.entries(properties).flatMap(([name, member]) => {
    const path = `${prefix}${name}`;
    const inner = withoutNull(member);
    const field = { path, type: typeOf(member), description: member.description ?? inner.description ?? '' };
    if (inner.items !== undefined) return [field, ...fieldsOf(inner.items, `${path}[].`)];
    return [field, ...fieldsOf(inner, `${path}.`)];
  });
}

function typeOf(schema: JsonSchema): string {
  const inner = withoutNull(schema);
  return inner === schema ? plainType(schema) : `${plainType(inner)} | null`;
}

function plainType({ type, const: constant, enum: words, items }: JsonSchema): string {
  if (constant !== undefined) return `\`${String(constant)}\``;
  if (words !== undefined) return 'word';
  if (items !== undefined) return `list of ${plainType(items)}s`;
  if (Array.isArray(type)) return type.join(' | ');
  return type === 'object' ? 'map' : String(type);
}

function withoutNull(schema: JsonSchema): JsonSchema {
  return schema.anyOf?.find(({ type }) => type !== 'null') ?? schema;
}
