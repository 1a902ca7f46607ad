import { EKSClient, type EKSClientConfig } from '@aws-sdk/client-eks';
import { given } from '../../core/model/given.ts';
import { remembered } from '../../core/model/remembered.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Scope } from '../../core/ports/eks.ts';
import { readLimits } from './request-limits.ts';
import type { SpokeSessions } from './spoke-role.ts';
import { createTokenBucket, type Sleep, type TokenBucket } from './token-bucket.ts';
import { withoutLogger } from './without-logger.ts';

export interface EksConnectionsOptions {
  readonly sessions: SpokeSessions;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly perSecond?: number;
  readonly burst?: number;
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

export function createEksConnections(options: EksConnectionsOptions): EksConnections {
  const { sessions, clock, sleep, perSecond, burst, client = {} } = options;
  const rate = { clock, sleep, ...given({ perSecond, burst }) };
  return {
    sessions,
    client,
    clock,
    reader: keptByScope(({ account, region }) =>
      withoutLogger(
        new EKSClient({ ...readLimits, region, credentials: () => sessions.forAccount(account), ...client }),
      ),
    ),
    bucket: keptByScope(() => createTokenBucket(rate)),
  };
}

const keptByScope = <T>(create: (scope: Scope) => T): ((scope: Scope) => T) =>
  remembered(create, new Map<string, T>(), ({ account, region }) => `${account}/${region}`);
