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
  return [known[type ?? ''] ?? 'anything'];
}

/** Empty maps and lists say nothing to people; so do defaults that only repeat those of their fields. */
const isNothing = (json: string): boolean => json === '[]' || json.startsWith('{');
