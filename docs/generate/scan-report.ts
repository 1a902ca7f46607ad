import { jsonSchemaOf } from '../../core/config/schema/json-schemas.ts';
import {
  CONFIDENCE_MEANINGS,
  COVERAGE_STATUSES,
  REASONS,
  SEVERITY_MEANINGS,
  SOURCES,
} from '../../core/contracts/scan-words.ts';
import { kindListSchema } from '../../core/scan/listed/kind-list.ts';
import { PREFLIGHT_CHECKS } from '../../core/scan/preflight/checks.ts';
import { scanReportListSchema, scanReportSchema } from '../../core/scan/report/report-schema.ts';
import { configTable, fieldTable, wordTable } from './fields-of.ts';

const kindListSpec = jsonSchemaOf('KindList', kindListSchema.shape.spec, 'input');

/** Every word and every field of a scan's report, as Markdown. */
export function scanReport(): string {
  const parts: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
    ['Reasons', '`reason`', REASONS],
    ['Sources', '`source`', SOURCES],
    ['Preflight checks', '`rule`', Object.fromEntries(PREFLIGHT_CHECKS.map(({ name, finds }) => [name, finds]))],
    ['Severities', '`severity`', SEVERITY_MEANINGS],
    ['Confidences', '`confidence`', CONFIDENCE_MEANINGS],
    ['Coverage', '`status`', COVERAGE_STATUSES],
  ];
  // What is in a report is told by its own table.
  const isOfList = ({ path }: { readonly path: string }) => !path.startsWith('items[].');
  return [
    ...parts.map(([title, heading, all]) => `## ${title}\n\n${wordTable(heading, all)}`),
    `## Fields of a ScanReport\n\n${fieldTable(scanReportSchema, 'output', () => true)}`,
    `## Fields of a ScanReportList\n\n${fieldTable(scanReportListSchema, 'output', isOfList)}`,
    `## Fields of a KindList\n\nBelow \`spec\`, one list for \`--list\`.\n\n${configTable(kindListSpec)}`,
  ].join('\n\n');
}
