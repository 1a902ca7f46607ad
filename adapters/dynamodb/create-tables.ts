import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type TableNames, tableDefinitions } from './table-schema.ts';

/** Creates both tables where no infrastructure does it: tests and the local cloud. Fails with `ResourceInUseException` when one exists. */
export async function createTables(client: DynamoDBClient, names: TableNames): Promise<void> {
  for (const definition of tableDefinitions(names)) await client.send(new CreateTableCommand(definition));
}
