/** The group, version and kind that an object names. */
export interface GroupVersionKind {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** One row of the API lifecycle table: a group, version and kind that some Kubernetes release deprecated or stopped serving. */
export interface ApiRow extends GroupVersionKind {
  /** Plural, as in paths: `poddisruptionbudgets`. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly stability: 'alpha' | 'beta' | 'stable';
  /** False for alpha versions and for beta versions introduced in 1.24 or later: a cluster serves them only when it is configured to. */
  readonly servedByDefault: boolean;
  /** The EKS minor from which EKS serves what upstream leaves off; null where it does not. */
  readonly eksServedFrom: string | null;
  /** The first minor that has it, e.g. `1.8`. */
  readonly introduced: string;
  /** The first minor that warns; null when no release does. */
  readonly deprecated: string | null;
  /** The first minor that does not serve it; null when none is known. */
  readonly removed: string | null;
  /** The versions to write instead, the nearest first and the final one last. The right one for a target is introduced ≤ target < removed. */
  readonly replacements: readonly ApiReplacement[];
  /** What a migration needs beyond the new version; null when the new version alone is enough. */
  readonly note: string | null;
  /** The entry of `sources.json` behind each field. */
  readonly sources: Readonly<Record<ApiRowField, string>>;
  readonly disagreements: readonly Disagreement[];
}

type ApiRowField = 'introduced' | 'deprecated' | 'removed' | 'replacements' | 'servedByDefault';

export interface ApiReplacement extends GroupVersionKind {
  readonly introduced: string;
  readonly removed: string | null;
}

/** A known source that says something else, and why the table does not follow it. */
interface Disagreement {
  /** `pluto`, `kubent`, `deprecation guide`, … */
  readonly source: string;
  readonly field: string;
  readonly theirs: string;
}
