/** A template as CloudFormation reads it; properties are looked into with `readable`. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
}

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;
}

export const resourcesOf = (template: Template, type: string): readonly Resource[] =>
  Object.values(template.Resources).filter((resource) => resource.Type === type);

/**
 * Intrinsic functions as text, so that a test can say what it expects: `{Ref: AWS::Region}` → `<Region>`, an attribute or a reference to another
 * resource → `<logical id>`, an import → `<export>`; hashes of ids are left out.
 */
export function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [[name, argument] = ['', undefined]] = entries;
  if (entries.length !== 1) return Object.fromEntries(entries.map(([key, member]) => [key, readable(member)]));
  switch (name) {
    case 'Ref':
      return `<${withoutHash(String(argument).replace('AWS::', ''))}>`;
    case 'Fn::GetAtt':
      return `<${withoutHash(String((argument as string[])[0]))}>`;
    case 'Fn::ImportValue':
      return `<${withoutHash(String(argument).replace(/^.*:ExportsOutput(Ref|FnGetAtt)/, ''))}>`;
    case 'Fn::Join':
      return ((argument as [string, unknown[]])[1] ?? []).map((part) => String(readable(part))).join('');
    case 'Fn::If':
      return `<${(argument as unknown[]).map((part) => String(readable(part))).join('|')}>`;
    default:
      return { [name]: readable(argument) };
  }
}

/** `ItemsTableE2D1F4C3ArnEC52C569` → `ItemsTable`, whatever the hashes are. */
const withoutHash = (id: string): string =>
  id.replace(/(?<=[a-zA-Z])[0-9A-F]{8}(?:(?:Stream)?Arn)?(?:[0-9A-F]{8})?$/, '');

export const listOf = (value: string | string[] | undefined): string[] => (value === undefined ? [] : [value].flat());

/** All statements of a role's own policies: inline ones, and those of policies that name it. */
export function statementsOf(template: Template, role: string): Statement[] {
  const attached = resourcesOf(template, 'AWS::IAM::Policy').filter((policy) =>
    (policy.Properties.Roles as { Ref: string }[]).some(({ Ref }) => Ref === role),
  );
  const inline = (template.Resources[role]?.Properties.Policies ?? []) as { PolicyDocument: unknown }[];
  const documents = [
    ...attached.map((policy) => policy.Properties.PolicyDocument),
    ...inline.map((one) => one.PolicyDocument),
  ];
  return documents.flatMap((document) => (readable(document) as { Statement: Statement[] }).Statement);
}
