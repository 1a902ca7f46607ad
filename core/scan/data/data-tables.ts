import type { ApiRow, GroupVersionKind } from './api-row.ts';
import type { BreakRule } from './break-rule.ts';
import type { ControllerRow } from './controllers.ts';
import type { CustomResourceRow, UnservedKind } from './custom-resources.ts';

/** Everything that the data folder says, in one value: the check validates it and `describeData` counts it. */
export interface DataTables {
  readonly apis: readonly ApiRow[];
  readonly unservedKinds: readonly UnservedKind[];
  readonly wirePayloads: readonly WirePayloadRow[];
  readonly componentConfigs: readonly ComponentConfigRow[];
  readonly rules: readonly BreakRule[];
  readonly controllers: readonly ControllerRow[];
  readonly customResources: readonly CustomResourceRow[];
  readonly sources: readonly DataSource[];
  readonly coverage: DataCoverage;
}

/** The source of a statement in the tables: an entry of `sources.json`, by id. */
interface DataSource {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  /** The day when it was read, YYYY-MM-DD. */
  readonly readOn: string;
}

/** How far the tables reach: the content of `coverage.json`. */
export interface DataCoverage {
  /** The newest minor whose removals are known in full. A scan for a newer one is incomplete. */
  readonly newestMinor: string;
  /** The oldest minor whose removals are known. */
  readonly oldestMinor: string;
  /** The day when the tables were brought up to date, YYYY-MM-DD. */
  readonly updatedOn: string;
  /** The sources of the rows of the newest minor. */
  readonly basis: string;
}

/** A versioned payload between the API server and a webhook or client. It is never an object of a cluster, so no path serves it. */
export interface WirePayloadRow extends GroupVersionKind {
  readonly introduced: string | null;
  readonly deprecated: string | null;
  /** The first minor whose API server does not speak it; null while it does, even where the Go type has a removal marker. */
  readonly removed: string | null;
  /** `group/version` to speak instead; null when none is needed. */
  readonly replacement: string | null;
  /** The field that names its version: `webhooks[].admissionReviewVersions`. */
  readonly writtenIn: string;
  readonly note: string;
  readonly source: string;
}

/** A version of a configuration file that a component reads. It is no object of a cluster, though ConfigMaps and kubeconfigs embed it. */
export interface ComponentConfigRow {
  readonly group: string;
  readonly version: string;
  readonly kinds: readonly string[];
  /** The first minor of the component that refuses it. */
  readonly removed: string;
  /** `group/version` to write instead. */
  readonly replacement: string;
  /** Where it is found: in a ConfigMap that a custom scheduler mounts, in a kubeconfig, or in a file of the control plane (never on EKS). */
  readonly foundIn: 'config-map' | 'kubeconfig' | 'control-plane';
  readonly note: string | null;
  /** An entry of `sources.json`. */
  readonly source: string;
}
