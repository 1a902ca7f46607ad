import { apiRows } from './api-rows.ts';
import { breakRules } from './break-rules.ts';

import componentConfigRows from './component-configs.json' with { type: 'json' };
import { controllers } from './controllers.ts';
import coverage from './coverage.json' with { type: 'json' };
import { customResources, unservedKinds } from './custom-resources.ts';
import type { ComponentConfigRow, DataTables, WirePayloadRow } from './data-tables.ts';
import sources from './sources.json' with { type: 'json' };
import wirePayloads from './wire-payloads.json' with { type: 'json' };

/** Every row of `component-configs.json`. A config that a cluster can hold has a rule of the detector `component-config` as well. */
export const componentConfigs = componentConfigRows as readonly unknown[] as readonly ComponentConfigRow[];

/** The tables in this repository. */
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
