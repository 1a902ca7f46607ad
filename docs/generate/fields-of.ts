interface JsonSchema {
  readonly type?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

export interface Field {
  /** `findings[].location.file` */
  readonly path: string;
  readonly type: string;
  readonly description: string;
}

/** Every field of a JSON Schema, in the order of the schema, those inside after the one that holds them. */
export function fieldsOf(schema: object, prefix = ''): Field[] {
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
