import { jsonSchemaOf } from '../../config/schema/json-schemas.ts';
import { scanReportListSchema, scanReportSchema } from './report-schema.ts';
import { scanWaiverSchema } from './scan-waiver-schema.ts';

/** JSON Schema (draft 2020-12) of what a scan prints with `-o json`, and of the waivers that people write. */
export function scanJsonSchemas(): Readonly<Record<'ScanReport' | 'ScanReportList' | 'ScanWaiver', object>> {
  return {
    ScanReport: jsonSchemaOf('ScanReport', scanReportSchema, 'output'),
    ScanReportList: jsonSchemaOf('ScanReportList', scanReportListSchema, 'output'),
    ScanWaiver: jsonSchemaOf('ScanWaiver', scanWaiverSchema, 'input'),
  };
}
