import type { ApiRow, GroupVersionKind } from './api-row.ts';
import type { BreakRule } from './break-rule.ts';
import type { ControllerRow } from './controllers.ts';
import type { CustomResourceRow, UnservedKind } from './custom-resources.ts';
import type { ComponentConfigRow } from './tables.ts';

/** Everything that the data folder says, in one value: what the check reads and `describeData` counts. */
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

/** Where a statement of the tables comes from: `sources.json`, by id. */
interface DataSource {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  /** When it was read, YYYY-MM-DD. */
  readonly readOn: string;
}

/** How far the tables reach: `coverage.json`. */
export interface DataCoverage {
  /** The newest minor whose removals are known in full. A scan for a newer one is incomplete. */
  readonly newestMinor: string;
  /** The oldest minor whose removals are known. */
  readonly oldestMinor: string;
  /** When the tables were brought up to date, YYYY-MM-DD. */
  readonly updatedOn: string;
  /** What the newest minor's rows rest on. */
  readonly basis: string;
}

/** A versioned payload between the API server and a webhook or client: never an object of a cluster, so no path serves it. */
export interface WirePayloadRow extends GroupVersionKind {
  readonly introduced: string | null;
  readonly deprecated: string | null;
  /** First minor whose API server does not speak it; null while it does, even where the Go type carries a removal marker. */
  readonly removed: string | null;
  /** `group/version` to speak instead; null when none is needed. */
  readonly replacement: string | null;
  /** Where its version is written: `webhooks[].admissionReviewVersions`. */
  readonly writtenIn: string;
  readonly note: string;
  readonly source: string;
}
