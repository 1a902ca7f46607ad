interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
}

/** One field that people write in config. */
export interface ConfigField {
  /** `waves[].approval.from` */
  readonly path: string;
  readonly type: string;
  /** JSON of what holds where it is left out, `required`, or nothing. */
  readonly otherwise: string;
  readonly description: string;
}

/** Every field of the input side of a JSON Schema, in its order; where one of several forms may be written, the fields of all. */
export function configFieldsOf(schema: object, prefix = ''): ConfigField[] {
  const fields = formsOf(schema as JsonSchema).flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).flatMap(([name, member]) => {
      const path = `${prefix}${name}`;
      const otherwise =
        member.default === undefined ? (required.includes(name) ? 'required' : '') : JSON.stringify(member.default);
      const description = member.description ?? '';
      const field = { path, type: typeOf(member), otherwise: isNothing(otherwise) ? '' : otherwise, description };
      const items = formsOf(member).flatMap((form) => form.items ?? []);
      return [
        field,
        ...formsOf(member).flatMap((form) => configFieldsOf(form, `${path}.`)),
        ...items.flatMap((item) => configFieldsOf(item, `${path}[].`)),
      ];
    }),
  );
  // Two forms may share a field: the first one tells of it.
  return fields.filter(({ path }, index) => fields.findIndex((field) => field.path === path) === index);
}

/** Each of several forms. A form that only narrows another one has no fields of its own. */
function formsOf(schema: JsonSchema): readonly JsonSchema[] {
  const forms = schema.anyOf ?? schema.oneOf;
  return forms === undefined ? [schema] : forms.flatMap(formsOf);
}

function typeOf(schema: JsonSchema): string {
  return [...new Set(formsOf(schema).map(plainType))].join(' or ');
}

function plainType({ type, const: constant, enum: words, items }: JsonSchema): string {
  if (constant !== undefined) return `\`${String(constant)}\``;
  if (words !== undefined) return words.map((word) => `\`${String(word)}\``).join(' or ');
  if (items !== undefined) return `list of ${typeOf(items)}`;
  const known: Readonly<Record<string, string>> = {
    string: 'text',
    integer: 'whole number',
    number: 'number',
    boolean: 'true or false',
    object: 'map',
  };
  return known[type ?? ''] ?? 'anything';
}

/** Empty maps and lists say nothing to people; so do defaults that only repeat those of their fields. */
const isNothing = (json: string): boolean => json === '[]' || json.startsWith('{');
