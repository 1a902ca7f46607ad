import { type LabelRequirement, type LabelSelector, type Labels, requirementsOf } from './label-selector.ts';

/** The reasons name every requirement that fails or, for a match, those that hold. */
interface SelectorMatch {
  readonly matches: boolean;
  readonly reasons: readonly string[];
}

/**
 * Kubernetes' semantics (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/): requirements are
 * ANDed, an empty selector matches everything, and `NotIn` also matches where the label is missing.
 */
export function matchSelector(selector: LabelSelector, labels: Labels): SelectorMatch {
  const requirements = requirementsOf(selector);
  if (requirements.length === 0) return { matches: true, reasons: ['an empty selector matches every cluster'] };
  const failed = requirements.filter((requirement) => !holds(requirement, labelValue(labels, requirement.key)));
  if (failed.length === 0) return { matches: true, reasons: requirements.map(describe) };
  return { matches: false, reasons: failed.map((requirement) => describeFailure(requirement, labels)) };
}

/** The same without reasons, which cost more than the answer. For pods and budgets, or clusters and queries, nobody needs them. */
export const matchesSelector = (selector: LabelSelector, labels: Labels): boolean =>
  requirementsOf(selector).every((requirement) => holds(requirement, labelValue(labels, requirement.key)));

/** Whether a value, or a missing one, meets a requirement. */
export function holds({ operator, values }: Pick<LabelRequirement, 'operator' | 'values'>, value?: string): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

function describe({ key, operator, values }: LabelRequirement): string {
  if (operator === 'Exists') return `label ${key} exists`;
  if (operator === 'DoesNotExist') return `label ${key} does not exist`;
  const [only] = values;
  if (values.length === 1) return `label ${key} is ${operator === 'In' ? '' : 'not '}${only}`;
  return `label ${key} is ${operator === 'In' ? 'one' : 'none'} of ${values.join(', ')}`;
}

function describeFailure(requirement: LabelRequirement, labels: Labels): string {
  const value = labelValue(labels, requirement.key);
  return `needs: ${describe(requirement)}; it is ${value === undefined ? 'missing' : `"${value}"`}`;
}

/** Reads own keys only, since a label named `constructor` must not find the object's. */
function labelValue(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
