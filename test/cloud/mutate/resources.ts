import type { Template, TemplateResource } from '../../../simulator/cloud/template/assembly.ts';
import type { Path } from './mutation.ts';

/** A resource of a template, with the names that people know it by. */
export interface Found {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** `liftlock-api`, or `LiftlockHub/RulesWake` for one that CloudFormation names. */
  readonly name: string;
  readonly path: Path;
  readonly template: Template;
}

export function resourcesOf(stack: string, template: Template, ...types: readonly string[]): Found[] {
  return Object.entries(template.Resources)
    .filter(([, { Type }]) => types.includes(Type))
    .map(([logicalId, resource]) => ({
      stack,
      logicalId,
      type: resource.Type,
      properties: resource.Properties ?? {},
      name: givenName(template, resource) ?? `${stack}/${withoutHash(logicalId)}`,
      path: ['Resources', logicalId],
      template,
    }));
}

const NAME_PROPERTIES: Readonly<Record<string, string>> = {
  'AWS::ApiGatewayV2::Route': 'RouteKey',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Scheduler::Schedule': 'Name',
};

function givenName({ Parameters = {} }: Template, { Type, Properties = {} }: TemplateResource): string | undefined {
  const name = Properties[NAME_PROPERTIES[Type] ?? ''];
  if (typeof name === 'string' || name === undefined) return name;
  return Parameters[(name as { readonly Ref?: string }).Ref ?? '']?.Default;
}

/** What its ARN has of it: CloudFormation makes names from logical ids. */
export const nameInArn = ({ name, logicalId }: Found): string => (name.includes('/') ? logicalId : name);

/** The hash at the end of a logical id says where the resource is in the tree, which its name says as well. */
export const withoutHash = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, '');

/** A value of a template as one word: what it refers to, or itself. */
export function wordOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return value.map(wordOf).join('');
  const [[name, given] = ['', ''] as const] = Object.entries(value);
  switch (name) {
    case 'Ref':
      return withoutHash(String(given));
    case 'Fn::GetAtt':
      return withoutHash(String((given as string[])[0]));
    case 'Fn::Join':
      return wordOf((given as unknown[])[1]);
    default:
      return JSON.stringify(value);
  }
}
