import type { ClusterTarget } from '../../../core/ports/cluster-access.ts';
import type { ClusterReaders } from '../../../core/ports/cluster-reader.ts';
import type { Scope } from '../../../core/ports/eks.ts';
import type { Clock } from '../../../core/ports/outside.ts';
import { clusterToken, type SigningCredentials } from '../cluster-token.ts';
import { type Authorization, HttpsReader } from './https-reader.ts';

interface ClusterReadersOptions {
  /** Credentials of the role that the cluster's access entry names. */
  readonly credentials: (scope: Scope) => Promise<SigningCredentials>;
  readonly clock: Clock;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** The least time between two requests; 50 when absent. */
  readonly pauseMilliseconds?: number;
}

/** API servers take a token for 15 minutes. */
const TOKEN_MILLISECONDS = 10 * 60_000;
const PAUSE_MILLISECONDS = 50;

/** Reads the API servers of EKS clusters as the spoke role, over one connection each. */
export function createClusterReaders(options: ClusterReadersOptions): ClusterReaders {
  const { clock, sleep, pauseMilliseconds = PAUSE_MILLISECONDS } = options;
  return {
    open(target) {
      const authorize = tokens(target, options);
      const pace = { milliseconds: pauseMilliseconds, clock, sleep };
      const reader = new HttpsReader({ server: target.endpoint.replace(/\/$/, ''), authorize, pace });
      return {
        reader,
        wait: (seconds) => sleep(seconds * 1_000),
        close: () => reader.close(),
      };
    },
  };
}

/** A token serves many requests. A new one is made before the old one ends, or when it is not taken any more. */
function tokens({ scope, name, certificateAuthority }: ClusterTarget, options: ClusterReadersOptions) {
  const tls = { ca: Buffer.from(certificateAuthority, 'base64') };
  let made: { readonly token: string; readonly at: number } | undefined;
  return async (renew: boolean): Promise<Authorization> => {
    const now = options.clock.now();
    if (made === undefined || renew || now.getTime() - made.at > TOKEN_MILLISECONDS) {
      const credentials = await options.credentials(scope);
      const cluster = { region: scope.region, clusterName: name };
      made = { token: await clusterToken(cluster, credentials, now), at: now.getTime() };
    }
    return { headers: { authorization: `Bearer ${made.token}` }, tls };
  };
}
