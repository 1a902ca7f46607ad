import { z } from 'zod';
import { inventorySchema } from '../../core/inventory/document/inventory-schema.ts';
import { EXCLUSIONS } from '../../core/plan/document/exclusions.ts';
import { LIMIT_KINDS } from '../../core/plan/document/limit-kinds.ts';
import { rolloutPlanSchema } from '../../core/plan/document/plan-schema.ts';
import { fieldsOf } from './fields-of.ts';
import { markdownTable } from './markdown-table.ts';

/** Every word and every field of a plan, and of the inventory that it is made from, as Markdown. */
export function plan(): string {
  const words = (heading: string, all: Readonly<Record<string, string>>): string =>
    markdownTable(
      [heading, 'Meaning'],
      Object.entries(all).map(([word, meaning]) => [`\`${word}\``, cell(meaning)]),
    );
  return [
    `## Reasons in \`excluded\`\n\n${words('`reason`', EXCLUSIONS)}`,
    `## Kinds in \`limitedBy\`\n\n${words('`kind`', LIMIT_KINDS)}`,
    `## Fields of a RolloutPlan\n\n${fieldTable(rolloutPlanSchema, 'output')}`,
    `## Fields of an Inventory\n\nWhat \`get clusters\` adds for people (\`state\`, \`support\`, \`policy\`, …) is read over.\n\n${fieldTable(inventorySchema, 'input')}`,
  ].join('\n\n');
}

/** Fields inside a record of the inventory that say what EKS says are left to EKS. */
function fieldTable(schema: z.ZodType, io: 'input' | 'output'): string {
  const rows = fieldsOf(z.toJSONSchema(schema, { io, unrepresentable: 'any' }))
    .filter(({ description }) => description !== '')
    .map(({ path, type, description }) => [`\`${path}\``, cell(type), cell(description)]);
  return markdownTable(['Field', 'Type', 'Meaning'], rows);
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
