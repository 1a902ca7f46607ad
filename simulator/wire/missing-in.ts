import type { NormalizedSchema } from '@smithy/core/schema';

/** The path of the first required member that an input lacks, at any depth: `subnets.1.id`. The input's types are right already. */
export function missingIn(schema: NormalizedSchema, value: unknown, path = ''): string | undefined {
  if (schema.isStructSchema()) return missingInStructure(schema, value as Readonly<Record<string, unknown>>, path);
  if (!schema.isListSchema() && !schema.isMapSchema()) return undefined;
  const member = schema.getValueSchema();
  for (const [key, item] of Object.entries(value as object)) {
    if (item == null) continue;
    const missing = missingIn(member, item, join(path, Array.isArray(value) ? String(Number(key) + 1) : key));
    if (missing !== undefined) return missing;
  }
  return undefined;
}

function missingInStructure(
  schema: NormalizedSchema,
  value: Readonly<Record<string, unknown>>,
  path: string,
): string | undefined {
  let required = requiredCount(schema);
  for (const [name, member] of schema.structIterator()) {
    const item = value[name];
    if (item === undefined && required > 0) return join(path, name);
    required--;
    const missing = item === undefined ? undefined : missingIn(member, item, join(path, name));
    if (missing !== undefined) return missing;
  }
  return undefined;
}

/** Required members come first in the SDK's schemas, and the seventh field is how many they are. */
function requiredCount(schema: NormalizedSchema): number {
  const tuple: unknown = schema.getSchema();
  return Array.isArray(tuple) && typeof tuple[6] === 'number' ? tuple[6] : 0;
}

const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);
