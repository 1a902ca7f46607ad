import { type LabelSelector, requirementsOf } from './label-selector.ts';

/** What a selector allows for one label: presence, absence, and which values. */
interface Domain {
  readonly mayBeAbsent: boolean;
  readonly mayBePresent: boolean;
  /** The only possible values; absent: any value not in `denied`. */
  readonly allowed?: ReadonlySet<string>;
  readonly denied: ReadonlySet<string>;
}

const anything: Domain = { mayBeAbsent: true, mayBePresent: true, denied: new Set() };

/** Whether any labels can match. An expression counts as possible. `In [a]` with `In [b]`, or `Exists` with `DoesNotExist`, cannot match. */
export function isSatisfiable(selector: LabelSelector): boolean {
  return [...domainsOf(selector).values()].every((domain) => domain.mayBeAbsent || isInhabited(domain));
}

/**
 * Whether `wide` matches everything that `narrow` matches. It is exact for labels, because a selector constrains each one separately. A selector with
 * an expression certainly covers only one with the same expression.
 */
export function covers(wide: LabelSelector, narrow: LabelSelector): boolean {
  if (wide.when !== undefined && wide.when !== narrow.when) return false;
  if (!isSatisfiable(narrow)) return true;
  const inner = domainsOf(narrow);
  return [...domainsOf(wide)].every(([key, domain]) => contains(domain, inner.get(key) ?? anything));
}

/** A selector that demands both. Of two expressions the second one is kept, which can only make `covers` return false more often. */
export function both(a: LabelSelector, b: LabelSelector | undefined): LabelSelector {
  const matchExpressions = [...requirementsOf(a), ...(b === undefined ? [] : requirementsOf(b))];
  return { matchLabels: {}, matchExpressions, when: b?.when ?? a.when };
}

/** Whether each matches something that the other does not, and both match something together. False where an expression makes it unknown. */
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
  // Any value except the denied ones is possible. No finite list contains that, and each value that `wide` denies must be denied by `narrow`.
  return wide.allowed === undefined && [...wide.denied].every((value) => narrow.denied.has(value));
}
