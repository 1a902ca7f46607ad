import type { z } from 'zod';

/**
 * The fields of a map that are right by themselves, where others are not, so that one mistake does not silence what could be said of the
 * rest. Where a field is misspelt, nobody knows which of those that are missing was meant, so none of them counts as left out.
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
  // Each was read by the schema of its own name.
  return sound as Partial<z.output<z.ZodObject<Shape>>>;
}

/** The items of a list that are right by themselves, each with its place in it. */
export const soundItems = <Schema extends z.ZodType>(
  schemaOf: (item: unknown) => Schema,
  written: unknown,
): (readonly [index: number, item: z.output<Schema>])[] =>
  (Array.isArray(written) ? written : []).flatMap((item: unknown, index) => {
    const { success, data } = schemaOf(item).safeParse(item);
    return success ? [[index, data] as const] : [];
  });

const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
