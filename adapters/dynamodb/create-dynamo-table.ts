import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { makeQuickToCopy } from '../../core/model/make-quick-to-copy.ts';
import { DynamoTable } from './dynamo-table.ts';
import type { TableNames } from './table-schema.ts';

/** This is short, since a function that changes something must end within 25 s, retries included (protocol.md). */
const REQUEST_MILLISECONDS = 2_000;

/** The table on DynamoDB. Endpoint, Region and credentials come from the environment, as for every client of the SDK. */
export function createDynamoTable(names: TableNames, config: DynamoDBClientConfig = {}): DynamoTable {
  return new DynamoTable(dynamoClient(config), names);
}

export function dynamoClient(config: DynamoDBClientConfig = {}): DynamoDBClient {
  const client = new DynamoDBClient({
    maxAttempts: 3,
    cacheMiddleware: true,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: REQUEST_MILLISECONDS, throwOnRequestTimeout: true },
    ...config,
  });
  // This middleware goes through every item for secrets, a third of what a request costs, and hands it to a logger that drops it.
  client.middlewareStack.remove('loggerMiddleware');
  // The SDK copies the configuration four times for each request.
  makeQuickToCopy(client.config);
  return client;
}
