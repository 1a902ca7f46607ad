import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { PropertyType, ResourceProperties } from '@aws-cdk/service-spec-types';
import type { Template } from '../material/infra/template.ts';

const database = loadAwsServiceSpecSync();

export interface PropertyFacts {
  /** Properties that were looked up, those of nested types among them. */
  readonly checked: number;
  /** `<stack>/<logical id>.<path>: what is wrong`. */
  readonly problems: readonly string[];
}

/** Every property of the templates' resources against CloudFormation's resource schemas: its name, its type, its values, what is required. */
export function checkProperties(templates: Readonly<Record<string, Pick<Template, 'Resources'>>>): PropertyFacts {
  const problems: string[] = [];
  let checked = 0;
  const told = (path: string, what: string) => problems.push(`${path}: ${what}`);

  function checkObject(path: string, given: object, known: ResourceProperties): void {
    for (const [name, { required }] of Object.entries(known))
      if (required === true && !(name in given)) told(path, `${name} is required and missing`);
    for (const [name, value] of Object.entries(given)) {
      checked++;
      const property = known[name];
      if (property === undefined) told(`${path}.${name}`, 'there is no such property');
      else checkValue(`${path}.${name}`, value, property.type);
    }
  }

  function checkValue(path: string, value: unknown, type: PropertyType): void {
    const branches = branchesOf(value);
    if (branches !== undefined) for (const branch of branches) checkValue(path, branch, type);
    else if (type.type === 'union') checkUnion(path, value, type.types);
    else if (type.type === 'array' && Array.isArray(value))
      for (const [index, element] of value.entries()) checkValue(`${path}[${index}]`, element, type.element);
    else if (type.type === 'map' && isObject(value))
      for (const [key, member] of Object.entries(value)) checkValue(`${path}.${key}`, member, type.element);
    else if (type.type === 'ref' && isObject(value))
      checkObject(path, value, database.get('typeDefinition', type.reference).properties);
    else if (type.type === 'tag' && isObject(value)) checkObject(path, value, TAG);
    else if (!isScalarOf(type, value)) told(path, `${JSON.stringify(value)?.slice(0, 80)} is not ${wordOf(type)}`);
  }

  /** One of the types must take it; of several objects the problems of the one that comes closest are told. */
  function checkUnion(path: string, value: unknown, types: readonly PropertyType[]): void {
    const before = checked;
    const attempts = types.map((type) => {
      const from = problems.length;
      checked = before;
      checkValue(path, value, type);
      return { found: problems.splice(from), counted: checked };
    });
    const best = attempts.reduce((least, one) => (one.found.length < least.found.length ? one : least));
    problems.push(...best.found);
    checked = best.counted;
  }

  for (const [stack, { Resources }] of Object.entries(templates)) {
    for (const [id, { Type, Properties = {} }] of Object.entries(Resources)) {
      const [schema] = database.lookup('resource', 'cloudFormationType', 'equals', Type);
      if (schema === undefined) told(`${stack}/${id}`, `there is no resource type ${Type}`);
      else checkObject(`${stack}/${id}`, Properties, schema.properties);
    }
  }
  return { checked, problems };
}

const TAG: ResourceProperties = {
  Key: { type: { type: 'string' }, required: true },
  Value: { type: { type: 'string' }, required: true },
};

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What CloudFormation puts in the place of an intrinsic function, as far as the template says; undefined for what is none. */
function branchesOf(value: unknown): readonly unknown[] | undefined {
  if (!isObject(value)) return undefined;
  const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
  if (others.length > 0) return undefined;
  if (name === 'Fn::If') return (argument as unknown[]).slice(1);
  return name === 'Ref' || name.startsWith('Fn::') ? [] : undefined;
}

function isScalarOf(type: PropertyType, value: unknown): boolean {
  switch (type.type) {
    case 'json':
      return true;
    case 'string':
      return typeof value === 'string' && (type.allowedValues?.includes(value) ?? true);
    case 'date-time':
      return typeof value === 'string';
    case 'integer':
      return Number.isInteger(value) && (type.allowedValues?.includes(value as number) ?? true);
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    default:
      return false;
  }
}

const wordOf = (type: PropertyType): string =>
  'allowedValues' in type && type.allowedValues !== undefined ? `one of ${type.allowedValues.join(', ')}` : type.type;
