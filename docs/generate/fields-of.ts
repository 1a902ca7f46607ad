import { z } from 'zod';

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
  /** JSON of what holds where it is left out, `required`, or nothing. */
  readonly otherwise: string;
  readonly description: string;
}

/** The fields of a schema that are to be told, as Markdown. */
export function fieldTable(schema: z.ZodType, io: 'input' | 'output', isTold: (field: Field) => boolean): string {
  const rows = fieldsOf(z.toJSONSchema(schema, { io, unrepresentable: 'any' }))
    .filter(isTold)
    .map(({ path, type, description }) => [`\`${path}\``, cell(type), cell(description)]);
  return markdownTable(['Field', 'Type', 'Meaning'], rows);
}

/** The fields that people write in config, with what holds where one is left out. */
export function configTable(schema: object): string {
  const rows = fieldsOf(schema).map(({ path, type, otherwise, description }) => [
    `\`${path}\``,
    cell(type),
    otherwise === '' || otherwise === 'required' ? otherwise : `\`${otherwise}\``,
    cell(description),
  ]);
  return markdownTable(['Field', 'Type', 'Default', 'Meaning'], rows);
}

/** Words and what they mean, as Markdown. */
export function wordTable(heading: string, all: Readonly<Record<string, string>>): string {
  const rows = Object.entries(all).map(([word, meaning]) => [`\`${word}\``, cell(meaning)]);
  return markdownTable([heading, 'Meaning'], rows);
}

/** Every field of a JSON Schema, in its order, those inside after the one that holds them; where one of several forms may be written, the fields of all. */
function fieldsOf(schema: object, prefix = ''): Field[] {
  const forms = formsOf(schema as JsonSchema).filter(({ properties }) => properties !== undefined);
  const names = [...new Set(forms.flatMap(({ properties = {} }) => Object.keys(properties)))];
  return names.flatMap((name) => {
    const members = forms.flatMap(({ properties }) => properties?.[name] ?? []);
    const isRequired = forms.every(({ required = [] }) => required.includes(name));
    return fieldAndBelow(`${prefix}${name}`, { anyOf: members }, members, isRequired);
  });
}

/** `members`: the field as each form has it. */
function fieldAndBelow(path: string, all: JsonSchema, members: readonly JsonSchema[], isRequired: boolean): Field[] {
  const [first] = members;
  const preset = first?.default === undefined ? '' : JSON.stringify(first.default);
  const otherwise = isRequired ? 'required' : isNothing(preset) ? '' : preset;
  const items = formsOf(all).flatMap((form) => form.items ?? []);
  return [
    {
      path,
      type: typeOf(all),
      otherwise,
      description:
        [...members, ...formsOf(all)].find(({ description }) => description !== undefined)?.description ?? '',
    },
    ...fieldsOf(all, `${path}.`),
    ...fieldsOf({ anyOf: items }, `${path}[].`),
  ];
}

/** Each of several forms. A form that only narrows another one has no fields of its own. */
function formsOf(schema: JsonSchema): readonly JsonSchema[] {
  const forms = schema.anyOf ?? schema.oneOf;
  return forms === undefined ? [schema] : forms.flatMap(formsOf);
}

function typeOf(schema: JsonSchema): string {
  return [...new Set(formsOf(schema).flatMap(plainTypes))].join(' or ');
}

function plainTypes({ type, const: constant, enum: words, items }: JsonSchema): string[] {
  if (constant !== undefined) return [`\`${String(constant)}\``];
  if (words !== undefined) return words.map((word) => `\`${String(word)}\``);
  if (items !== undefined) return [`list of ${typeOf(items)}`];
  const known = { string: 'text', integer: 'whole number', boolean: 'true or false', object: 'map' };
  return [type === undefined ? 'anything' : (known[type as keyof typeof known] ?? String(type))];
}

/** Empty maps and lists say nothing to people; so do defaults that only repeat those of their fields. */
const isNothing = (json: string): boolean => json === '[]' || json.startsWith('{');

/** Text that may hold what ends a cell. */
export const cell = (text: string): string => text.replaceAll('|', '\\|');

/** A Markdown table with columns of one width, as the formatter leaves it. */
export function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(headings), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
