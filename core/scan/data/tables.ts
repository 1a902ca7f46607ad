import { apiRows } from './api-rows.ts';
import { breakRules } from './break-rules.ts';
import { componentConfigs } from './component-configs.ts';
import { controllers } from './controllers.ts';
import coverage from './coverage.json' with { type: 'json' };
import { customResources } from './custom-resources.ts';
import type { DataTables } from './data-tables.ts';
import sources from './sources.json' with { type: 'json' };
import { unservedKinds } from './unserved-kinds.ts';
import type { WirePayloadRow } from './wire-payload-row.ts';
import wirePayloads from './wire-payloads.json' with { type: 'json' };

/** The tables that this repository carries. */
export const tables: DataTables = {
  apis: apiRows,
  unservedKinds,
  wirePayloads: wirePayloads satisfies readonly WirePayloadRow[],
  componentConfigs,
  rules: breakRules,
  controllers,
  customResources,
  sources,
  coverage,
};
