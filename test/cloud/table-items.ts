import { type AttributeValue, paginateScan } from '@aws-sdk/client-dynamodb';
import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';

/** The name of a table, by what its logical id begins with. */
export const tableName = ({ resources }: LocalCloud, logicalId: 'ItemsTable' | 'AuditTable'): string =>
  resources.find((one) => one.logicalId.startsWith(logicalId))?.name ?? '';

/** Every item of the table, as DynamoDB has it. */
export async function tableItems(cloud: LocalCloud): Promise<Record<string, AttributeValue>[]> {
  const items: Record<string, AttributeValue>[] = [];
  for await (const page of paginateScan({ client: cloud.dynamo }, { TableName: tableName(cloud, 'ItemsTable') }))
    items.push(...(page.Items ?? []));
  return items;
}
