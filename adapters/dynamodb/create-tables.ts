import { CreateTableCommand, type DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { type TableNames, tableDefinitions } from './table-schema.ts';

/** In seconds: an embedded DynamoDB is ready within milliseconds, the real one within some seconds. */
const WAIT = { minDelay: 0.02, maxDelay: 2, maxWaitTime: 60 };

/**
 * Creates both tables where no infrastructure does it (tests and the local cloud), and waits until they are ACTIVE: CreateTable answers
 * before. Fails with `ResourceInUseException` when one exists.
 */
export async function createTables(client: DynamoDBClient, names: TableNames): Promise<void> {
  for (const definition of tableDefinitions(names)) await client.send(new CreateTableCommand(definition));
  for (const { TableName } of tableDefinitions(names)) await waitUntilTableExists({ client, ...WAIT }, { TableName });
}
