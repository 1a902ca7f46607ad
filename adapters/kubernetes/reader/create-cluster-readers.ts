import { given } from '../../../core/model/given.ts';
import type { ClusterReaders } from '../../../core/ports/cluster-reader.ts';
import type { ClusterCredentials } from '../cluster-token.ts';
import { openReader } from './open-reader.ts';

interface ClusterReadersOptions extends ClusterCredentials {
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** The least time between two requests, in milliseconds; 50 when absent. */
  readonly pauseMilliseconds?: number;
  /** How long an answer may pause before it is given up; 30 seconds when absent. */
  readonly timeoutMilliseconds?: number;
}

const PAUSE_MILLISECONDS = 50;

/** Reads the API servers of EKS clusters with the spoke role, over one connection each. */
export function createClusterReaders(options: ClusterReadersOptions): ClusterReaders {
  const { clock, sleep, pauseMilliseconds = PAUSE_MILLISECONDS, timeoutMilliseconds } = options;
  return {
    open(server) {
      const pace = { milliseconds: pauseMilliseconds, clock, sleep };
      const reader = openReader(server, options, { pace, ...given({ timeoutMilliseconds }) });
      return {
        reader,
        wait: (seconds) => sleep(seconds * 1_000),
        close: () => reader.close(),
      };
    },
  };
}
