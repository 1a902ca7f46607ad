/** The CLI's own names, where they are not the API's: `--version` is an option of every command (awscli's `argrename.py`). */
const renamed: Readonly<Record<string, string>> = { version: 'kubernetes-version' };

/** What somebody would type after `aws` for a call of EKS. */
export function commandLine(operation: string, input: object): string[] {
  return ['eks', kebab(operation), ...Object.entries(input).flatMap(([member, value]) => option(member, value))];
}

function option(member: string, value: unknown): string[] {
  const name = renamed[member] ?? kebab(member);
  if (typeof value === 'boolean') return [value ? `--${name}` : `--no-${name}`];
  return [`--${name}`, typeof value === 'object' ? JSON.stringify(value) : String(value)];
}

const kebab = (name: string): string => name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
