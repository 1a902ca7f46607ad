import { EKSClient, type EKSClientConfig } from '@aws-sdk/client-eks';
import { remembered } from '../../core/model/remembered.ts';
import type { Scope } from '../../core/ports/eks.ts';
import { lightenClient, readLimits } from './request-limits.ts';
import type { SpokeSessions } from './spoke-role.ts';
import { createTokenBucket, type TokenBucketOptions } from './token-bucket.ts';

interface EksConnectionsOptions extends TokenBucketOptions {
  readonly sessions: SpokeSessions;
  /** Endpoint and the like, for tests; without it the environment's `AWS_ENDPOINT_URL_EKS` counts. */
  readonly client?: EKSClientConfig;
}

/** What reader and mutator share: one client and one rate for each account and Region. */
export type EksConnections = ReturnType<typeof createEksConnections>;

export function createEksConnections({ sessions, client = {}, ...rate }: EksConnectionsOptions) {
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
