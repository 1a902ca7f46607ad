import type { DynamoDBClient, DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { dynamoClient } from '../../../adapters/dynamodb/create-dynamo-table.ts';
import { bytesOf, type HttpAnswer, type HttpRequest } from '../../wire/wire-options.ts';

/** A request in the form of the SDK's handlers: signed, with the final body. */
interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/**
 * A client of the cloud in its own process: requests are signed, parsed and authorized like any other, but use no socket. Requests of DynamoDB have
 * no query, and a body of bytes is read directly.
 */
export function clientHere(
  config: Pick<DynamoDBClientConfig, 'endpoint' | 'region' | 'credentials'>,
  answer: (request: HttpRequest) => Promise<HttpAnswer>,
): DynamoDBClient {
  const handle = async ({ method, path: target, headers, body = '' }: SignedRequest) => {
    const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    const answered = await answer({ method, target, headers: Object.fromEntries(named), body: bytesOf(body) });
    return { response: { statusCode: answered.status, headers: answered.headers, body: bytesOf(answered.body) } };
  };
  return dynamoClient({ ...config, requestHandler: { handle } as NonNullable<DynamoDBClientConfig['requestHandler']> });
}
