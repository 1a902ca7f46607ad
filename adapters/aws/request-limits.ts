import { makeQuickToCopy } from '../../core/model/make-quick-to-copy.ts';

/**
 * How long calls may take. Reads may be tried often; a mutating call, its AssumeRole inside, must end within `CALL_SECONDS` (25 s,
 * core/contracts/mutating-calls.ts), since after that its grace period counts it as over.
 */
export const readLimits = {
  maxAttempts: 4,
  // Nothing is added to a client once it has sent something.
  cacheMiddleware: true,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const;

/** One try: the answer to a second one would say nothing about the first, which may have taken effect. */
export const mutationLimits = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 8_000, throwOnRequestTimeout: true },
} as const;

/** A second, hard end to a mutating call, whatever retries and `Retry-After` would still do. */
export const MUTATION_MILLISECONDS = 20_000;

/**
 * Takes from a client what makes up half of a request's cost and gives nothing: the SDK's logging goes through every input and answer for
 * secrets and hands them to a logger that drops them, and its configuration is copied four times for each request.
 * `npm run bench -- start-command` shows the difference.
 */
export function lightenClient<
  Client extends { readonly config: object; readonly middlewareStack: { remove(name: string): boolean } },
>(client: Client): Client {
  client.middlewareStack.remove('loggerMiddleware');
  makeQuickToCopy(client.config);
  return client;
}
