import http from 'node:http';
import https from 'node:https';
import { EKSClient, type EKSClientConfig } from '@aws-sdk/client-eks';
import { isStale } from '../../core/contracts/errors.ts';
import { atMost, remembered } from '../../core/model/remembered.ts';
import type { Scope } from '../../core/ports/eks.ts';
import { lightenClient, readLimits } from './request-limits.ts';
import type { SpokeSessions } from './spoke-role.ts';
import { createTokenBucket, type TokenBucket, type TokenBucketOptions } from './token-bucket.ts';

interface EksConnectionsOptions extends TokenBucketOptions {
  readonly sessions: SpokeSessions;
  /** Endpoint and the like, for tests; without it the environment's `AWS_ENDPOINT_URL_EKS` counts. */
  readonly client?: EKSClientConfig;
}

/** What reader and mutator share: one client and one rate for each account and Region. */
export type EksConnections = ReturnType<typeof createEksConnections>;

/** A client takes some 50 KB. */
const MOST_CLIENTS = 500;
/** To one Region, which answers calls of all accounts at one address. */
const SOCKETS = { keepAlive: true, maxSockets: 50 };

export function createEksConnections({ sessions, client = {}, ...rate }: EksConnectionsOptions) {
  const readers = atMost<string, EKSClient>(MOST_CLIENTS);
  // One for all accounts: each client would keep connections of its own open, more than a Lambda function may have files.
  const agents = { httpsAgent: new https.Agent(SOCKETS), httpAgent: new http.Agent(SOCKETS) };
  const requestHandler = { ...readLimits.requestHandler, ...agents };
  const createReader = (scope: Scope): EKSClient => {
    const { account, region } = scope;
    // The client keeps its credentials too, so it goes together with a session that is not taken any more.
    const orForget = (error: unknown): never => {
      if (isStale(error)) {
        sessions.forget(account);
        readers.delete(nameOf(scope));
      }
      throw error;
    };
    const reader = lightenClient(
      new EKSClient({
        ...readLimits,
        requestHandler,
        region,
        credentials: () => sessions.forAccount(account),
        ...client,
      }),
    );
    reader.middlewareStack.add((next) => (request) => next(request).catch(orForget));
    return reader;
  };
  return {
    sessions,
    client,
    clock: rate.clock,
    reader: remembered(createReader, readers, nameOf),
    bucket: remembered(() => createTokenBucket(rate), new Map<string, TokenBucket>(), nameOf),
  };
}

const nameOf = ({ account, region }: Scope): string => `${account}/${region}`;
