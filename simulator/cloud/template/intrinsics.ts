/** The values for the functions of a template. */
export interface IntrinsicScope {
  /** `Ref` of a parameter, a pseudo parameter or a resource; fails for an unknown one. */
  ref(name: string): unknown;
  /** `Fn::GetAtt`; fails for an unknown resource or attribute, because a guess would hide a wrong reference. */
  attribute(logicalId: string, name: string): unknown;
  importValue(exportName: string): unknown;
  condition(name: string): boolean;
}

const NO_VALUE = Symbol('AWS::NoValue');

/** A template's value with its functions resolved. Members that are `AWS::NoValue` are left out. Fails on an unknown function. */
export function resolve(value: unknown, scope: IntrinsicScope): unknown {
  const resolved = resolveValue(value, scope);
  return resolved === NO_VALUE ? undefined : resolved;
}

function resolveValue(value: unknown, scope: IntrinsicScope): unknown {
  if (Array.isArray(value)) return value.map((item) => resolveValue(item, scope)).filter((item) => item !== NO_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first !== undefined && (first[0] === 'Ref' || first[0].startsWith('Fn::')))
    return call(first[0], first[1], scope);
  return Object.fromEntries(
    entries.map(([name, item]) => [name, resolveValue(item, scope)] as const).filter(([, item]) => item !== NO_VALUE),
  );
}

function call(name: string, given: unknown, scope: IntrinsicScope): unknown {
  const list = (): unknown[] => resolveValue(given, scope) as unknown[];
  switch (name) {
    case 'Ref':
      return given === 'AWS::NoValue' ? NO_VALUE : scope.ref(String(given));
    case 'Fn::GetAtt': {
      const [logicalId, attribute] = typeof given === 'string' ? split(given) : (given as [string, string]);
      return scope.attribute(logicalId, attribute);
    }
    case 'Fn::ImportValue':
      return scope.importValue(String(resolveValue(given, scope)));
    case 'Fn::Join': {
      const [separator, parts] = list() as [string, unknown[]];
      if (!Array.isArray(parts)) throw new Error('Fn::Join is given no list');
      return parts.map(scalar).join(separator);
    }
    case 'Fn::Split': {
      const [separator, text] = list() as [string, string];
      return scalar(text).split(separator);
    }
    case 'Fn::Select': {
      const [index, items] = list() as [number | string, unknown[]];
      if (!Array.isArray(items)) throw new Error('Fn::Select is given no list');
      const item = items[Number(index)];
      if (item === undefined) throw new Error(`Fn::Select finds no item ${index}`);
      return item;
    }
    case 'Fn::Sub':
      return substitute(given, scope);
    case 'Fn::If': {
      const [condition, then, otherwise] = given as [string, unknown, unknown];
      return resolveValue(scope.condition(condition) ? then : otherwise, scope);
    }
    default:
      throw new Error(`the function ${name} is not understood`);
  }
}

const isScalar = (value: unknown): boolean => ['boolean', 'number', 'string'].includes(typeof value);

/** A value inside a text; an object or a list is an error. */
function scalar(value: unknown): string {
  if (isScalar(value)) return String(value);
  throw new Error(`${JSON.stringify(value)} cannot be part of a text`);
}

function split(text: string): [string, string] {
  const at = text.indexOf('.');
  return [text.slice(0, at), text.slice(at + 1)];
}

function substitute(given: unknown, scope: IntrinsicScope): string {
  const [text, variables] = Array.isArray(given) ? (given as [string, Record<string, unknown>]) : [String(given), {}];
  return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal !== '') return `\${${name}}`;
    if (Object.hasOwn(variables, name)) return scalar(resolveValue(variables[name], scope));
    return scalar(name.includes('.') ? scope.attribute(...split(name)) : scope.ref(name));
  });
}

/** A condition of a template: Fn::Equals, Fn::Not, Fn::And, Fn::Or, Condition. */
export function holds(expression: unknown, scope: IntrinsicScope): boolean {
  const [entry] = Object.entries(expression as Record<string, unknown>);
  const [name, given] = entry ?? ['nothing', undefined];
  switch (name) {
    case 'Fn::Equals': {
      const [left, right] = resolveValue(given, scope) as [unknown, unknown];
      // CloudFormation compares texts: 5 equals "5".
      return left === right || (isScalar(left) && isScalar(right) && String(left) === String(right));
    }
    case 'Fn::Not':
      return !holds((given as unknown[])[0], scope);
    case 'Fn::And':
      return (given as unknown[]).every((one) => holds(one, scope));
    case 'Fn::Or':
      return (given as unknown[]).some((one) => holds(one, scope));
    case 'Condition':
      return scope.condition(String(given));
    default:
      throw new Error(`the condition ${name} is not understood`);
  }
}
