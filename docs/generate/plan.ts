import { inventorySchema } from '../../core/inventory/document/inventory-schema.ts';
import { EXCLUSIONS } from '../../core/plan/document/exclusions.ts';
import { LIMIT_KINDS } from '../../core/plan/document/limit-kinds.ts';
import { rolloutPlanSchema } from '../../core/plan/document/plan-schema.ts';
import { fieldTable, wordTable } from './fields-of.ts';

/** Every word and every field of a plan, and of the inventory that it is made from, as Markdown. */
export function plan(): string {
  // Fields inside a record of the inventory that say what EKS says are left to EKS.
  const isOurs = ({ description }: { readonly description: string }) => description !== '';
  return [
    `## Reasons in \`excluded\`\n\n${wordTable('`reason`', EXCLUSIONS)}`,
    `## Kinds in \`limitedBy\`\n\n${wordTable('`kind`', LIMIT_KINDS)}`,
    `## Fields of a RolloutPlan\n\n${fieldTable(rolloutPlanSchema, 'output', isOurs)}`,
    `## Fields of an Inventory\n\nWhat \`get clusters\` adds for people (\`state\`, \`support\`, \`policy\`, …) is read over.\n\n${fieldTable(inventorySchema, 'input', isOurs)}`,
  ].join('\n\n');
}
