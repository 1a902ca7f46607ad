import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import {
  ITEM_THROTTLED,
  isDenied,
  isThrottled,
  isThrottledItem,
  TABLE_DENIED,
} from '../../core/contracts/eks-errors.ts';
import { errorMessage } from '../../core/contracts/errors.ts';
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
  client.middlewareStack.add((next) => (args) => next(args).catch((error) => Promise.reject(ofOwnTable(error))), {
    step: 'initialize',
  });
  // This middleware goes through every item for secrets, a third of what a request costs, and hands it to a logger that drops it.
  client.middlewareStack.remove('loggerMiddleware');
  // The SDK copies the configuration four times for each request.
  makeQuickToCopy(client.config);
  return client;
}

/**
 * A denial or a throttle of the table has a name of its own, since a step takes that of any other service for an answer about its cluster. What came
 * of a function that it ended is told in conclude-upgrade.ts.
 */
function ofOwnTable(error: unknown): unknown {
  const name = isDenied(error)
    ? TABLE_DENIED
    : isThrottled(error) || isThrottledItem(error)
      ? ITEM_THROTTLED
      : undefined;
  if (name === undefined) return error;
  return Object.assign(error as Error, { name, message: `Liftlock's own table in DynamoDB: ${errorMessage(error)}` });
}
