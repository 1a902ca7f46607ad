import type { NormalizedSchema } from '@smithy/core/schema';

export interface Samples {
  /** Letters that every protocol must escape in its own way. */
  readonly text: string;
  readonly time: Date;
}

export const samples: Samples = { text: ' <&> "\'%2F+=?;,/ü€😀\n', time: new Date(1_790_000_000_123) };

/**
 * A value of a shape with all its members set, two items in every list and map, the first member of each union; members that would
 * recurse are left out. Enum values, lengths and patterns are not in the schemas, and neither client checks them.
 */
export function sampleValue(
  schema: NormalizedSchema,
  { text, time }: Samples = samples,
  path: readonly string[] = [],
): unknown {
  if (schema.isUnitSchema()) return {};
  if (schema.isStructSchema()) return sampleStructure(schema, { text, time }, path);
  const name = schema.isMemberSchema() ? schema.getMemberName() : (schema.getName() ?? '');
  const items = () =>
    [1, 2].map((index) => sampleValue(schema.getValueSchema(), { text, time: later(time, index) }, path));
  if (schema.isListSchema()) return items();
  if (schema.isMapSchema()) return Object.fromEntries(items().map((item, index) => [`${name} ${index}${text}`, item]));
  if (schema.isTimestampSchema()) return time;
  if (schema.isBooleanSchema()) return true;
  if (schema.isNumericSchema()) return 7;
  if (schema.isBlobSchema()) return Uint8Array.of(0, 255, 10, 60);
  if (schema.isStringSchema()) return `${name}${text}`;
  if (schema.isDocumentSchema()) return { text, list: [1, true] };
  throw new Error(`no sample of ${schema.getName(true)}`);
}

function sampleStructure(schema: NormalizedSchema, values: Samples, path: readonly string[]): object | undefined {
  const own = schema.getName(true) ?? '';
  if (path.includes(own)) return undefined;
  const structure: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const value = sampleValue(member, values, [...path, own]);
    const isNothing = value === undefined || (Array.isArray(value) && value.includes(undefined));
    if (!isNothing) structure[name] = value;
    if (!isNothing && schema.isUnionSchema()) break;
  }
  return structure;
}

const later = (time: Date, seconds: number) => new Date(time.getTime() + seconds * 1000);
