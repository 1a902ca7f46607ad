import { systemClock, systemSleep } from '../../adapters/aws/system-clock.ts';
import { createClusterReaders } from '../../adapters/kubernetes/reader/create-cluster-readers.ts';
import type { ClusterReaders } from '../../core/ports/cluster-reader.ts';
import type { PortFactory } from './create-handler.ts';
import { credentialsOf, spokeEnvironment } from './eks-ports.ts';

/** Reads whatever a cluster has. A function that has seconds for everything waits for an answer no longer than it may. */
export const clusterReaders = (timeoutMilliseconds: number): PortFactory<ClusterReaders> => ({
  environment: spokeEnvironment,
  create: (context) =>
    createClusterReaders({
      ...{ credentials: credentialsOf(context), clock: systemClock, sleep: systemSleep },
      timeoutMilliseconds,
    }),
});
