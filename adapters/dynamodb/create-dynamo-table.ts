import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import {
  errorMessage,
  ITEM_THROTTLED,
  isDenied,
  isThrottled,
  isThrottledItem,
  TABLE_DENIED,
} from '../../core/contracts/errors.ts';
import { makeQuickToCopy } from '../../core/model/make-quick-to-copy.ts';
import { DynamoTable } from './dynamo-table.ts';
import type { TableNames } from './table-schema.ts';

/** This is short, since a function that changes something must end within 25 s, retries included (protocol.md). */
const REQUEST_MILLISECONDS = 2_000;

/**
 * A request's time runs while it waits for one of the fifty connections and while others' answers are parsed. Reading a fleet of thousands of clusters
 * takes hundreds of requests, which would time out together if all were sent at once.
 */
const MOST_AT_ONCE = 20;

/** Runs at most so many at once; the others wait in their order. */
function takingTurns(most: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async <Result>(act: () => Promise<Result>): Promise<Result> => {
    if (running < most) running += 1;
    else await new Promise<void>((begin) => waiting.push(begin));
    try {
      return await act();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

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
  const inTurn = takingTurns(MOST_AT_ONCE);
  client.middlewareStack.add(
    (next) => (args) => inTurn(() => next(args)).catch((error) => Promise.reject(ofOwnTable(error))),
    { step: 'initialize' },
  );
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
