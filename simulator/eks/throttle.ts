import { FakeEksError } from './errors.ts';
import type { OperationContext } from './operation-context.ts';

/**
 * Takes one token from the bucket of the caller's account and Region, or throws: DescribeCluster with the name seen in
 * the wild, the others with the declared one (facts: eks.md §2.2, §11).
 */
export function takeToken(context: OperationContext, operation: string): void {
  const { throttle, buckets } = context.state;
  if (throttle === null) return;
  const key = `${context.caller.account}/${context.caller.region}`;
  const bucket = buckets[key] ?? { tokens: throttle.burst, at: context.now };
  const refilled = bucket.tokens + ((context.now - bucket.at) / 1000) * throttle.requestsPerSecond;
  const tokens = Math.min(throttle.burst, refilled);
  if (tokens < 1) {
    buckets[key] = { tokens, at: context.now };
    const name = operation === 'DescribeCluster' ? 'TooManyRequestsException' : 'ThrottlingException';
    throw new FakeEksError(name, 'Rate exceeded');
  }
  buckets[key] = { tokens: tokens - 1, at: context.now };
}
