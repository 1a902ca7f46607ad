import { EKSClient, type EKSClientConfig } from '@aws-sdk/client-eks';
import { remembered } from '../../core/model/remembered.ts';
import type { Scope } from '../../core/ports/eks.ts';
import type { Clock } from '../../core/ports/outside.ts';
import { lightenClient, readLimits } from './request-limits.ts';
import type { SpokeSessions } from './spoke-role.ts';
import { createTokenBucket, type TokenBucket, type TokenBucketOptions } from './token-bucket.ts';

interface EksConnectionsOptions extends TokenBucketOptions {
  readonly sessions: SpokeSessions;
  /** Endpoint and the like, for tests; the environment's `AWS_ENDPOINT_URL_EKS` counts without it. */
  readonly client?: EKSClientConfig;
}

/** What reader and mutator share: a client and a rate for each account and Region. */
export interface EksConnections {
  readonly sessions: SpokeSessions;
  readonly client: EKSClientConfig;
  readonly clock: Clock;
  reader(scope: Scope): EKSClient;
  bucket(scope: Scope): TokenBucket;
}

export function createEksConnections({ sessions, client = {}, ...rate }: EksConnectionsOptions): EksConnections {
  return {
    sessions,
    client,
    clock: rate.clock,
    reader: keptByScope(({ account, region }) =>
      lightenClient(
        new EKSClient({ ...readLimits, region, credentials: () => sessions.forAccount(account), ...client }),
      ),
    ),
    bucket: keptByScope(() => createTokenBucket(rate)),
  };
}

const keptByScope = <T>(create: (scope: Scope) => T): ((scope: Scope) => T) =>
  remembered(create, new Map<string, T>(), ({ account, region }) => `${account}/${region}`);
