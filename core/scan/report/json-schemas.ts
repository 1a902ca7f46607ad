import { jsonSchemaOf } from '../../config/schema/json-schemas.ts';
import { scanReportListSchema, scanReportSchema } from './report-schema.ts';

/** JSON Schema (draft 2020-12) of what a scan prints with `-o json`. */
export function scanJsonSchemas(): Readonly<Record<'ScanReport' | 'ScanReportList', object>> {
  return {
    ScanReport: jsonSchemaOf('ScanReport', scanReportSchema, 'output'),
    ScanReportList: jsonSchemaOf('ScanReportList', scanReportListSchema, 'output'),
  };
}
