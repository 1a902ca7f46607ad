/** Labels of a cluster, from tags (`Fleet.spec.labels.fromTags`) or from an offline inventory. */
export type Labels = Readonly<Record<string, string>>;

/** A Kubernetes label selector. All requirements must hold; without requirements it matches everything. */
export interface LabelSelector {
  readonly matchLabels: Labels;
  readonly matchExpressions: readonly LabelRequirement[];
  /** A CEL expression that must be true as well. This folder does not evaluate it (core/policy/policy-of.ts does). */
  readonly when?: string | undefined;
}

export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  /** Needed by `In` and `NotIn`, empty for the others. */
  readonly values: readonly string[];
}

export const labelOperators = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;
type LabelOperator = (typeof labelOperators)[number];

/** `matchLabels: {a: b}` is short for `{key: a, operator: In, values: [b]}`. */
export function requirementsOf(selector: LabelSelector): LabelRequirement[] {
  const equalities = Object.entries(selector.matchLabels).map(
    ([key, value]): LabelRequirement => ({ key, operator: 'In', values: [value] }),
  );
  return [...equalities, ...selector.matchExpressions];
}
