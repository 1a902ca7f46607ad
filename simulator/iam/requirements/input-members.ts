// Inputs come from the wire: the service refuses a missing member or one of another type, after IAM has decided.

type Members = Readonly<Record<string, unknown>>;

export function text(input: Members, member: string): string | undefined {
  const value = input[member];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The text, or `*` where the service will refuse the call anyway: only grants on every name cover that ARN. */
export function textOrAny(input: Members, member: string): string {
  return text(input, member) ?? '*';
}

export function list(input: Members, member: string): readonly unknown[] {
  const value = input[member];
  return Array.isArray(value) ? value : [];
}

export function texts(input: Members, member: string): string[] {
  return list(input, member).filter((item) => typeof item === 'string');
}

export function record(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

export function records(input: Members, member: string): Members[] {
  return list(input, member).map(record);
}

/** `"true"`, `"false"` or null for a missing flag, as in condition keys. */
export function flag(value: unknown): string | null {
  return typeof value === 'boolean' ? String(value) : null;
}
