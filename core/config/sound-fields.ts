import type { z } from 'zod';

/**
 * The valid fields of a map that is invalid as a whole, so that one mistake does not hide problems of the other fields. Where a field is misspelled,
 * nobody knows which missing field was meant, so no missing field gets its default.
 */
export function soundFields<Shape extends z.core.$ZodLooseShape>(
  schema: z.ZodObject<Shape>,
  written: unknown,
): Partial<z.output<z.ZodObject<Shape>>> {
  const sound: Record<string, unknown> = {};
  const given = new Map(isMap(written) ? Object.entries(written) : []);
  const isMisspelt = !isMap(written) || [...given.keys()].some((key) => !Object.hasOwn(schema.shape, key));
  for (const [key, field] of Object.entries<z.ZodType>(schema.shape)) {
    if (isMisspelt && !given.has(key)) continue;
    const { success, data } = field.safeParse(given.get(key));
    if (success) sound[key] = data;
  }
  // The schema of its own name has read each field.
  return sound as Partial<z.output<z.ZodObject<Shape>>>;
}

/** The valid items of a list, each with its index. */
export const soundItems = <Schema extends z.ZodType>(
  schemaOf: (item: unknown) => Schema,
  written: unknown,
): (readonly [index: number, item: z.output<Schema>])[] =>
  (Array.isArray(written) ? written : []).flatMap((item: unknown, index) => {
    const { success, data } = schemaOf(item).safeParse(item);
    return success ? [[index, data] as const] : [];
  });

const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads a member of any value. Checks that also run when the schema has failed use it, since they cannot trust the value's shape. */
export function fieldOf(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, part)
        ? (inner as Record<string | number, unknown>)[part]
        : undefined,
    value,
  );
}
