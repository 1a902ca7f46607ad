import { jsonSchemas } from '../../core/config/schema/json-schemas.ts';
import { clusterEnvironment } from '../../core/expression/cluster-environment.ts';
import type { ExpressionEnvironment } from '../../core/expression/environment.ts';
import { evidenceEnvironment } from '../../core/expression/evidence-environment.ts';
import { FUNCTIONS } from '../../core/expression/refusals.ts';
import type { JsonSchema } from './fields-of.ts';
import { cell, markdownTable } from './markdown-table.ts';

/** Every field of the kinds that say how a fleet may change, and everything that expressions can see and call. */
export function policies(): string {
  const kinds = (['UpgradePolicy', 'Calendar', 'Channel'] as const).map(
    (kind) => `### Fields of ${kind}\n\nBelow \`spec\`.\n\n${fieldTable(specOf(jsonSchemas()[kind]))}`,
  );
  return [
    ...kinds,
    `### What \`when\` sees\n\n${environmentTables(clusterEnvironment)}`,
    `### What \`autoApproveWhen\` sees\n\n${environmentTables(evidenceEnvironment)}`,
    `### Functions of expressions\n\n${markdownTable(
      ['Function', 'Example, or what it gives'],
      Object.entries(FUNCTIONS).map(([name, text]) => [`\`${name}\``, cell(text)]),
    )}`,
  ].join('\n\n');
}

function specOf(schema: object): object {
  return (schema as { properties: { spec: object } }).properties.spec;
}

function fieldTable(schema: object): string {
  const rows = configFieldsOf(schema).map(({ path, type, otherwise, description }) => [
    `\`${path}\``,
    cell(type),
    otherwise === '' || otherwise === 'required' ? otherwise : `\`${otherwise}\``,
    cell(description),
  ]);
  return markdownTable(['Field', 'Type', 'Default', 'Meaning'], rows);
}

/** The variables, then the fields of each record that they are or contain. */
function environmentTables<Value>({ variables, records }: ExpressionEnvironment<Value>): string {
  const rowsOf = (prefix: string, fields: typeof variables): string[][] =>
    Object.entries(fields).flatMap(([name, { type, text }]) => {
      const inner = /^(?:list<)?(\w+)>?$/.exec(type)?.[1] ?? '';
      const path = `${prefix}${name}`;
      const shown = type === 'google.protobuf.Timestamp' ? 'timestamp' : type;
      const below = records[inner];
      const isList = type.startsWith('list<');
      return [
        [`\`${path}\``, below === undefined ? `\`${shown}\`` : isList ? 'list' : 'record', cell(text)],
        ...(below === undefined ? [] : rowsOf(`${path}${isList ? '[]' : ''}.`, below)),
      ];
    });
  return markdownTable(['Field', 'Type', 'Meaning'], rowsOf('', variables));
}

/** One field that people write in config. */
interface ConfigField {
  /** `waves[].approval.from` */
  readonly path: string;
  readonly type: string;
  /** JSON of what holds where it is left out, `required`, or nothing. */
  readonly otherwise: string;
  readonly description: string;
}

/** Every field of the input side of a JSON Schema, in its order; where one of several forms may be written, the fields of all. */
function configFieldsOf(schema: object, prefix = ''): ConfigField[] {
  const forms = formsOf(schema as JsonSchema).filter(({ properties }) => properties !== undefined);
  const names = [...new Set(forms.flatMap(({ properties = {} }) => Object.keys(properties)))];
  return names.flatMap((name) => {
    const members = forms.flatMap(({ properties }) => properties?.[name] ?? []);
    const isRequired = forms.every(({ required = [] }) => required.includes(name));
    return fieldAndBelow(`${prefix}${name}`, { anyOf: members }, members, isRequired);
  });
}

/** `members`: the field as each form has it. */
function fieldAndBelow(
  path: string,
  all: JsonSchema,
  members: readonly JsonSchema[],
  isRequired: boolean,
): ConfigField[] {
  const [first] = members;
  const preset = first?.default === undefined ? '' : JSON.stringify(first.default);
  const otherwise = isRequired ? 'required' : isNothing(preset) ? '' : preset;
  const items = formsOf(all).flatMap((form) => form.items ?? []);
  return [
    { path, type: typeOf(all), otherwise, description: first?.description ?? '' },
    ...configFieldsOf(all, `${path}.`),
    ...configFieldsOf({ anyOf: items }, `${path}[].`),
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
  const known: Readonly<Record<string, string>> = {
    string: 'text',
    integer: 'whole number',
    number: 'number',
    boolean: 'true or false',
    object: 'map',
  };
  return [known[String(type)] ?? 'anything'];
}

/** Empty maps and lists say nothing to people; so do defaults that only repeat those of their fields. */
const isNothing = (json: string): boolean => json === '[]' || json.startsWith('{');
