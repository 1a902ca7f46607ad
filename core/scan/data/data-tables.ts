import type { ApiRow } from './api-row.ts';
import type { BreakRule } from './break-rule.ts';
import type { ControllerRow } from './controllers.ts';
import type { CustomResourceRow } from './custom-resources.ts';
import type { ComponentConfigRow } from './tables.ts';
import type { UnservedKind } from './unserved-kinds.ts';
import type { WirePayloadRow } from './wire-payload-row.ts';

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
interface DataCoverage {
  /** The newest minor whose removals are known in full. A scan for a newer one is incomplete. */
  readonly newestMinor: string;
  /** The oldest minor whose removals are known. */
  readonly oldestMinor: string;
  /** When the tables were brought up to date, YYYY-MM-DD. */
  readonly updatedOn: string;
  /** What the newest minor's rows rest on. */
  readonly basis: string;
}
