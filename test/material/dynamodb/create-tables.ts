import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type TableNames, tableDefinitions } from '../../../adapters/dynamodb/table-schema.ts';
import { waitUntilActive } from '../../../simulator/cloud/install/install-data.ts';

/**
 * Creates both tables where no infrastructure does, and waits until they are ACTIVE. Fails with
 * `ResourceInUseException` when one of them exists.
 */
export async function createTables(client: DynamoDBClient, names: TableNames): Promise<void> {
  for (const definition of tableDefinitions(names)) await client.send(new CreateTableCommand(definition));
  for (const { TableName } of tableDefinitions(names)) await waitUntilActive(client, TableName);
}
