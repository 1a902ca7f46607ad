import type { Condition } from '../policy/policy-document.ts';
import { every, not, some, unknown, type Verdict, verdictOf } from '../policy/verdict.ts';
import { type Operator, operatorNamed } from './operators.ts';
import type { FindKey } from './request-context.ts';
import { type Expansion, expandVariables } from './variables.ts';

/**
 * Whether one line of a condition block holds. Undecided when the operator is unknown, the key was not supplied, or values cannot be compared. Rules
 * for missing keys and sets: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
 */
export function conditionHolds(condition: Condition, findKey: FindKey, hasVariables: boolean): Verdict {
  const { operator: name, key, values } = condition;
  const use = operatorNamed(name);
  if (use === undefined) return unknown(`unknown operator ${name}`);
  const found = findKey(key);
  if (found === 'unsupplied') return unknown(`condition key ${key} is not supplied`);
  const { operator, set, ifExists } = use;
  if (operator === 'Null') return isNull(values, found === 'absent');
  if (found === 'absent') {
    if (set === 'ForAnyValue') return verdictOf(ifExists);
    return verdictOf(ifExists || set === 'ForAllValues' || operator.negated);
  }
  const patterns = values.map((value) => (hasVariables ? expandVariables(value, findKey) : { pattern: value }));
  const holdsFor = (value: string) => holds(name, operator, value, patterns);
  if (set === 'ForAllValues') return every(found.map(holdsFor));
  if (set === 'ForAnyValue') return some(found.map(holdsFor));
  // AWS's behaviour here is not documented, and differs between keys.
  if (found.length > 1)
    return unknown(`${name} without ForAllValues or ForAnyValue on ${key}, which has several values`);
  return every(found.map(holdsFor));
}

function holds(name: string, operator: Operator, value: string, patterns: readonly Expansion[]): Verdict {
  const matches = some(patterns.map((expansion) => matchesOne(name, operator, value, expansion)));
  return operator.negated ? not(matches) : matches;
}

function matchesOne(name: string, { compare, negated }: Operator, value: string, expansion: Expansion): Verdict {
  if ('missing' in expansion) {
    // Nothing equals a missing value. Whether that makes a negated operator hold is not documented.
    return expansion.missing === 'absent' && !negated ? 'no' : unknown(expansion.problem);
  }
  const result = compare(value, expansion.pattern);
  return result === undefined
    ? unknown(`${name} cannot compare "${value}" with "${expansion.pattern}"`)
    : verdictOf(result);
}

/** `"Null": { "key": "true" }` holds where the request has no such key. */
function isNull(values: readonly string[], absent: boolean): Verdict {
  return some(
    values.map((value) => {
      if (value !== 'true' && value !== 'false') return unknown(`Null takes true or false, not "${value}"`);
      return verdictOf((value === 'true') === absent);
    }),
  );
}
