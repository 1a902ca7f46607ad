export type Fields = Readonly<Record<string, unknown>>;

/** An object of JSON, as opposed to a list or a plain value. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
