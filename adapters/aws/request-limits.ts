import { makeQuickToCopy } from '../../core/model/make-quick-to-copy.ts';

/**
 * How long calls may take. Reads may be tried often; a mutating call, with its AssumeRole, must end within `CALL_SECONDS` (25 s,
 * core/contracts/mutating-calls.ts), since its grace period then counts it as over.
 */
export const readLimits = {
  maxAttempts: 4,
  // This may be cached, since no middleware is added to a client once it has sent something.
  cacheMiddleware: true,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const;

/** One try: the answer to a second one would say nothing about the first, which may have taken effect. */
export const mutationLimits = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 8_000, throwOnRequestTimeout: true },
} as const;

/** A second, hard limit for a mutating call, whatever retries and `Retry-After` would still do. */
export const MUTATION_MILLISECONDS = 20_000;

/**
 * Removes two things from a client that make up half of a request's cost and are of no use here: the SDK's logging, which goes through every input
 * and answer for secrets and hands them to a logger that drops them, and the copying of its configuration, four times for each request. `npm run
 * bench -- start-command` shows the difference.
 */
export function lightenClient<
  Client extends { readonly config: object; readonly middlewareStack: { remove(name: string): boolean } },
>(client: Client): Client {
  client.middlewareStack.remove('loggerMiddleware');
  makeQuickToCopy(client.config);
  return client;
}
