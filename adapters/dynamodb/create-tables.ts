import { CreateTableCommand, type DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { type TableNames, tableDefinitions } from './table-schema.ts';

/**
 * Creates both tables where no infrastructure does (in tests and the local cloud), and waits until they are ACTIVE. Fails with
 * `ResourceInUseException` when one of them exists.
 */
export async function createTables(client: DynamoDBClient, names: TableNames): Promise<void> {
  for (const definition of tableDefinitions(names)) await client.send(new CreateTableCommand(definition));
  for (const { TableName } of tableDefinitions(names)) await waitUntilActive(client, TableName);
}

/**
 * Waits for a table, since CreateTable answers before it can be used. An embedded DynamoDB is ready within milliseconds, the real one within some
 * seconds.
 */
export async function waitUntilActive(client: DynamoDBClient, TableName: string | undefined): Promise<void> {
  await waitUntilTableExists({ client, minDelay: 0.02, maxDelay: 2, maxWaitTime: 60 }, { TableName });
}
