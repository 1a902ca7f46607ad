import type { RequestContext } from '../conditions/request-context.ts';
import { record } from './input-members.ts';
import type { CallFacts } from './requirement.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * `dynamodb:LeadingKeys`: the partition keys of the items that a call names by `Key` or `Item`. Supplied only where the table's key is known
 * and every item has it: a query says its key in an expression, which nobody reads here.
 */
export function leadingKeys(call: CallFacts, tableArn: string, items: readonly Members[]): RequestContext {
  const key = call.lookups.partitionKeyOf?.(tableArn);
  if (key === undefined) return {};
  const values = items.map(({ Key, Item }) => attributeText(record(Key ?? Item)[key]));
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? { 'dynamodb:LeadingKeys': [...new Set(known)] } : {};
}

/** `{ S: 'cluster#1' }` and `{ N: '1' }` as text. */
function attributeText(attribute: unknown): string | undefined {
  const { S: string, N: number } = record(attribute);
  const value = string ?? number;
  return typeof value === 'string' ? value : undefined;
}
