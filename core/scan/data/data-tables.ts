import type { ApiRow } from './api-row.ts';
import type { BreakRule } from './break-rule.ts';
import type { ComponentConfigRow } from './component-config-row.ts';
import type { ControllerRow } from './controller-row.ts';
import type { CustomResourceRow } from './custom-resource-row.ts';
import type { DataCoverage, DataSource } from './data-source.ts';
import type { UnservedKind } from './unserved-kind.ts';
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
