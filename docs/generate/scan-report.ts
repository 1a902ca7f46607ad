import { z } from 'zod';
import {
  CONFIDENCE_MEANINGS,
  COVERAGE_STATUSES,
  REASONS,
  SEVERITY_MEANINGS,
  SOURCES,
} from '../../core/contracts/scan-words.ts';
import { scanReportListSchema, scanReportSchema } from '../../core/scan/report/report-schema.ts';
import { fieldsOf } from './fields-of.ts';
import { markdownTable } from './markdown-table.ts';

/** Every word and every field of a scan's report, as Markdown. */
export function scanReport(): string {
  const parts: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
    ['Reasons', '`reason`', REASONS],
    ['Sources', '`source`', SOURCES],
    ['Severities', '`severity`', SEVERITY_MEANINGS],
    ['Confidences', '`confidence`', CONFIDENCE_MEANINGS],
    ['Coverage', '`status`', COVERAGE_STATUSES],
  ];
  const words = parts.map(([title, heading, all]) => {
    const rows = Object.entries(all).map(([word, meaning]) => [`\`${word}\``, cell(meaning)]);
    return `## ${title}\n\n${markdownTable([heading, 'Meaning'], rows)}`;
  });
  return [
    ...words,
    `## Fields of a ScanReport\n\n${fieldTable(scanReportSchema)}`,
    `## Fields of a ScanReportList\n\n${fieldTable(scanReportListSchema, ['items[].'])}`,
  ].join('\n\n');
}

/** `without`: what another table tells. */
function fieldTable(schema: z.ZodType, without: readonly string[] = []): string {
  const rows = fieldsOf(z.toJSONSchema(schema, { io: 'output' }))
    .filter(({ path }) => !without.some((prefix) => path.startsWith(prefix)))
    .map(({ path, type, description }) => [`\`${path}\``, cell(type), cell(description)]);
  return markdownTable(['Field', 'Type', 'Meaning'], rows);
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
