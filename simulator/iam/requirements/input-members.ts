// Inputs come off the wire: a member that is missing or of another type is for the service to refuse, after IAM had its say.

type Members = Readonly<Record<string, unknown>>;

export function text(input: Members, member: string): string | undefined {
  const value = input[member];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The text, or `*` where the service will refuse the call anyway: as an ARN it is covered by grants of every name alone. */
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

/** `"true"`, `"false"` or null for a flag that was not given: as condition keys have it. */
export function flag(value: unknown): string | null {
  return typeof value === 'boolean' ? String(value) : null;
}
