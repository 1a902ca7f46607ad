import { createHash } from 'node:crypto';
import type { Template } from './assembly.ts';
import { holds, type IntrinsicScope, resolve } from './intrinsics.ts';
import { anonymous, type Identity, type Place, RESOURCE_KINDS } from './resource-kinds.ts';
import { TemplateProblem } from './template-problem.ts';

/** One stack in one account and Region, as `cdk deploy` or a StackSet deploys it. */
export interface Deployment {
  readonly stack: string;
  readonly place: Place;
  readonly parameters: Readonly<Record<string, string>>;
  /** Values of exports of stacks that were deployed before, in the same account and Region. */
  readonly imports: ReadonlyMap<string, unknown>;
}

/** A resource with its name and ARN, and its properties resolved. */
export interface Resource extends Identity {
  readonly type: string;
  readonly logicalId: string;
  readonly stack: string;
  readonly account: string;
  readonly region: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface ResolvedStack {
  readonly resources: readonly Resource[];
  readonly exports: ReadonlyMap<string, unknown>;
  readonly outputs: ReadonlyMap<string, unknown>;
}

/** Resolves a whole stack. Throws `TemplateProblem` for a type, a property or a reference that is not modelled. */
export function resolveStack(template: Template, deployment: Deployment): ResolvedStack {
  const { stack, place } = deployment;
  checkParameters(template, deployment);
  const identities = new Map<string, Identity>();
  const scope: IntrinsicScope = {
    ref: (name) => pseudo(name, deployment) ?? parameter(template, deployment, name) ?? identityOf(name).ref,
    attribute(logicalId, name) {
      const { attributes } = identityOf(logicalId);
      if (!Object.hasOwn(attributes, name))
        throw new Error(`the attribute ${name} of ${logicalId} (${template.Resources[logicalId]?.Type}) is not known`);
      return attributes[name];
    },
    importValue(name) {
      if (!deployment.imports.has(name)) throw new Error(`nothing exports ${name}`);
      return deployment.imports.get(name);
    },
    condition(name) {
      const expression = template.Conditions?.[name];
      if (expression === undefined) throw new Error(`there is no condition ${name}`);
      return holds(expression, scope);
    },
  };
  const isThere = ({ Condition }: { readonly Condition?: string }): boolean =>
    Condition === undefined || scope.condition(Condition);

  function identityOf(logicalId: string): Identity {
    const known = identities.get(logicalId);
    if (known !== undefined) return known;
    const resource = template.Resources[logicalId];
    if (resource === undefined) throw new Error(`there is no resource or parameter ${logicalId}`);
    if (!isThere(resource))
      throw new Error(`${logicalId} is not made: its condition ${resource.Condition} does not hold`);
    const type = RESOURCE_KINDS[resource.Type];
    if (type === undefined) throw new TemplateProblem(stack, logicalId, `the type ${resource.Type} is not understood`);
    const text = (property: string | undefined): string | undefined => {
      const value = property === undefined ? undefined : resolve(resource.Properties?.[property], scope);
      return value === undefined ? undefined : String(value);
    };
    const given = text(type.nameProperty);
    const parent = text(type.parentProperty);
    const { identify = anonymous } = type;
    const identity = identify({ ...place, given, parent, generated: generatedName(stack, logicalId) });
    identities.set(logicalId, identity);
    return identity;
  }

  const located = <T>(logicalId: string, work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof TemplateProblem) throw error;
      throw new TemplateProblem(stack, logicalId, error instanceof Error ? error.message : String(error));
    }
  };
  const resources = Object.entries(template.Resources)
    .filter(([logicalId, resource]) => located(logicalId, () => isThere(resource)))
    .map(([logicalId, { Type, Properties = {} }]) =>
      located(logicalId, (): Resource => {
        const identity = identityOf(logicalId);
        refuseUnknown(stack, logicalId, Type, Properties);
        const properties = resolve(Properties, scope) as Record<string, unknown>;
        const { account, region } = place;
        return { ...identity, type: Type, logicalId, stack, account, region, properties };
      }),
    );
  const outputs = Object.entries(template.Outputs ?? {}).filter(([name, output]) =>
    located(name, () => isThere(output)),
  );
  const value = (name: string, output: unknown) => located(name, () => resolve(output, scope));
  return {
    resources,
    outputs: new Map(outputs.map(([name, output]) => [name, value(name, output.Value)])),
    exports: new Map(
      outputs.flatMap(([name, output]) =>
        output.Export === undefined ? [] : [[String(value(name, output.Export.Name)), value(name, output.Value)]],
      ),
    ),
  };
}

function refuseUnknown(stack: string, logicalId: string, type: string, properties: object): void {
  const { nameProperty, parentProperty, effective = [], inert = [] } = RESOURCE_KINDS[type] ?? {};
  const known = [nameProperty, parentProperty, ...effective, ...inert];
  const unknown = Object.keys(properties).filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new TemplateProblem(stack, logicalId, `${unknown.join(', ')} of ${type} is not understood`);
}

function pseudo(name: string, { place, stack }: Deployment): string | undefined {
  switch (name) {
    case 'AWS::AccountId':
      return place.account;
    case 'AWS::Region':
      return place.region;
    case 'AWS::Partition':
      return place.partition;
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    case 'AWS::StackName':
      return stack;
    default:
      return undefined;
  }
}

function parameter(template: Template, { stack, parameters }: Deployment, name: string): string | undefined {
  const declared = template.Parameters?.[name];
  if (declared === undefined) return undefined;
  // A list, or a parameter whose value is stored elsewhere, needs more than its text.
  if (declared.Type !== 'String' && declared.Type !== 'Number')
    throw new TemplateProblem(stack, name, `the type ${declared.Type} of the parameter is not understood`);
  return parameters[name] ?? declared.Default;
}

/** CloudFormation checks the parameters before it creates anything. */
function checkParameters({ Parameters = {} }: Template, { stack, parameters }: Deployment): void {
  for (const name of Object.keys(parameters))
    if (!Object.hasOwn(Parameters, name)) throw new TemplateProblem(stack, name, 'the template has no such parameter');
  for (const [name, declared] of Object.entries(Parameters)) {
    const { AllowedPattern, AllowedValues, ConstraintDescription, Default } = declared;
    const value = parameters[name] ?? Default;
    if (value === undefined) throw new TemplateProblem(stack, name, 'the parameter has no value');
    const fits = AllowedPattern === undefined || new RegExp(`^(?:${AllowedPattern})$`).test(value);
    if (fits && (AllowedValues?.includes(value) ?? true)) continue;
    const why = ConstraintDescription ?? `must be ${AllowedPattern ?? AllowedValues?.join(' or ')}`;
    throw new TemplateProblem(stack, name, `the parameter's value ${JSON.stringify(value)} is not allowed: ${why}`);
  }
}

/** `LiftlockState-ItemsTableE2D1F4C3-9A0B1C2D3E4F`: like CloudFormation's names, but the same at every start. At most 64 characters. */
function generatedName(stack: string, logicalId: string): string {
  const suffix = createHash('sha256').update(`${stack}/${logicalId}`).digest('hex').slice(0, 12).toUpperCase();
  return `${stack}-${logicalId.slice(0, 64 - stack.length - suffix.length - 2)}-${suffix}`;
}
