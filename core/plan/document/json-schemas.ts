import { jsonSchemaOf } from '../../config/schema/json-schemas.ts';
import { inventorySchema } from '../../inventory/document/inventory-schema.ts';
import { rolloutPlanSchema } from './plan-schema.ts';

/** JSON Schema (draft 2020-12) of what a plan is made from and of the plan itself, by kind. */
export const planJsonSchemas = (): Readonly<Record<'Inventory' | 'RolloutPlan', object>> => ({
  Inventory: jsonSchemaOf('Inventory', inventorySchema, 'input'),
  RolloutPlan: jsonSchemaOf('RolloutPlan', rolloutPlanSchema, 'output'),
});
