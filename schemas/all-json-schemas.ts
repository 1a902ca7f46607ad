import { jsonSchemaOf, jsonSchemas } from '../core/config/schema/json-schemas.ts';
import { inventorySchema } from '../core/inventory/document/inventory-schema.ts';
import { rolloutPlanSchema } from '../core/plan/document/plan-schema.ts';
import { kindListSchema } from '../core/scan/listed/kind-list.ts';
import { scanReportListSchema, scanReportSchema } from '../core/scan/report/report-schema.ts';

/** JSON Schema (draft 2020-12) of every kind that people write or read, by kind. */
export const allJsonSchemas = (): Readonly<Record<string, object>> => ({
  ...jsonSchemas(),
  KindList: jsonSchemaOf('KindList', kindListSchema, 'input'),
  ScanReport: jsonSchemaOf('ScanReport', scanReportSchema, 'output'),
  ScanReportList: jsonSchemaOf('ScanReportList', scanReportListSchema, 'output'),
  Inventory: jsonSchemaOf('Inventory', inventorySchema, 'input'),
  RolloutPlan: jsonSchemaOf('RolloutPlan', rolloutPlanSchema, 'output'),
});
