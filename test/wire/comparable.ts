/** A value as plain JSON that two clients agree on: times as seconds, bytes as base64, nothing for undefined. */
export function comparable(value: unknown): unknown {
  if (value instanceof Date) return { time: value.getTime() / 1000 };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
  if (value instanceof String) return String(value);
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, comparable(member)]),
  );
}
