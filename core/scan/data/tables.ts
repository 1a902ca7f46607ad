import { apiRows } from './api-rows.ts';
import type { ComponentConfigRow } from './component-config-row.ts';
import componentConfigs from './component-configs.json' with { type: 'json' };
import coverage from './coverage.json' with { type: 'json' };
import type { DataTables } from './data-tables.ts';
import sources from './sources.json' with { type: 'json' };
import type { UnservedKind } from './unserved-kind.ts';
import unservedKinds from './unserved-kinds.json' with { type: 'json' };
import type { WirePayloadRow } from './wire-payload-row.ts';
import wirePayloads from './wire-payloads.json' with { type: 'json' };

/** The tables that this repository carries. */
export const tables: DataTables = {
  apis: apiRows,
  unservedKinds: unservedKinds satisfies readonly UnservedKind[],
  wirePayloads: wirePayloads satisfies readonly WirePayloadRow[],
  componentConfigs: componentConfigs as readonly ComponentConfigRow[],
  rules: [],
  controllers: [],
  customResources: [],
  sources,
  coverage,
};
