import { type LabelSelector, requirementsOf } from './label-selector.ts';

/** What a selector leaves of one label: may it be there, may it be absent, and which values are possible. */
interface Domain {
  readonly mayBeAbsent: boolean;
  readonly mayBePresent: boolean;
  /** The only possible values; absent: any value not in `denied`. */
  readonly allowed?: ReadonlySet<string>;
  readonly denied: ReadonlySet<string>;
}

const anything: Domain = { mayBeAbsent: true, mayBePresent: true, denied: new Set() };

/** Can any set of labels match at all? An expression is taken for one that can be true. `In [a]` with `In [b]`, or `Exists` with `DoesNotExist` on one key, cannot. */
export function isSatisfiable(selector: LabelSelector): boolean {
  return [...domainsOf(selector).values()].every((domain) => domain.mayBeAbsent || isInhabited(domain));
}

/**
 * Does `wide` match everything that `narrow` matches? Exact for labels, since a selector constrains each one on its own. One with an
 * expression covers nothing for certain, unless the other one demands the very same.
 */
export function covers(wide: LabelSelector, narrow: LabelSelector): boolean {
  if (wide.when !== undefined && wide.when !== narrow.when) return false;
  if (!isSatisfiable(narrow)) return true;
  const inner = domainsOf(narrow);
  return [...domainsOf(wide)].every(([key, domain]) => contains(domain, inner.get(key) ?? anything));
}

/** What both ask for at once. Of two expressions the second one is kept: that can only make `covers` say no more often. */
export function both(a: LabelSelector, b: LabelSelector | undefined): LabelSelector {
  const matchExpressions = [...requirementsOf(a), ...(b === undefined ? [] : requirementsOf(b))];
  return { matchLabels: {}, matchExpressions, when: b?.when ?? a.when };
}

/**
 * Does each of the two match something that the other does not, and both something together? Unknown, and so no, where an expression has
 * a say.
 */
export function overlapInPart(a: LabelSelector, b: LabelSelector): boolean {
  if (a.when !== undefined || b.when !== undefined) return false;
  return isSatisfiable(both(a, b)) && !covers(a, b) && !covers(b, a);
}

function domainsOf(selector: LabelSelector): Map<string, Domain> {
  const domains = new Map<string, Domain>();
  for (const { key, operator, values } of requirementsOf(selector)) {
    const before = domains.get(key) ?? anything;
    domains.set(key, narrowed(before, operator, values));
  }
  return domains;
}

function narrowed(before: Domain, operator: string, values: readonly string[]): Domain {
  switch (operator) {
    case 'In': {
      const allowed = values.filter((value) => before.allowed === undefined || before.allowed.has(value));
      return { ...before, mayBeAbsent: false, allowed: new Set(allowed) };
    }
    case 'NotIn':
      return { ...before, denied: new Set([...before.denied, ...values]) };
    case 'Exists':
      return { ...before, mayBeAbsent: false };
    default:
      return { ...before, mayBePresent: false };
  }
}

function isInhabited(domain: Domain): boolean {
  if (!domain.mayBePresent) return false;
  return domain.allowed === undefined || possibleValues(domain).length > 0;
}

function possibleValues(domain: Domain): string[] {
  return [...(domain.allowed ?? [])].filter((value) => !domain.denied.has(value));
}

function contains(wide: Domain, narrow: Domain): boolean {
  if (narrow.mayBeAbsent && !wide.mayBeAbsent) return false;
  if (!isInhabited(narrow)) return true;
  if (!wide.mayBePresent) return false;
  const accepts = (value: string) => !wide.denied.has(value) && (wide.allowed === undefined || wide.allowed.has(value));
  if (narrow.allowed !== undefined) return possibleValues(narrow).every(accepts);
  // Any value but the denied ones is possible: no finite list contains that, and each value denied outside must be denied inside.
  return wide.allowed === undefined && [...wide.denied].every((value) => narrow.denied.has(value));
}
