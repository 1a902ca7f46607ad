import { systemClock, systemSleep } from '../../adapters/aws/system-clock.ts';
import { createClusterAccess } from '../../adapters/kubernetes/create-cluster-access.ts';
import { createClusterReaders } from '../../adapters/kubernetes/reader/create-cluster-readers.ts';
import type { ClusterAccess } from '../../core/ports/cluster-access.ts';
import type { ClusterReaders } from '../../core/ports/cluster-reader.ts';
import type { PortFactory } from './create-handler.ts';
import { credentialsOf, spokeEnvironment } from './eks-ports.ts';

/** It has a file of its own, so that only functions that look into clusters bundle the client of API servers. */
export const clusters: PortFactory<ClusterAccess> = {
  environment: spokeEnvironment,
  create: (context) => createClusterAccess({ credentials: credentialsOf(context), clock: systemClock }),
};

/** Reads any kind of object of a cluster. A request is given up after `timeoutMilliseconds`. */
export const clusterReaders = (timeoutMilliseconds: number): PortFactory<ClusterReaders> => ({
  environment: spokeEnvironment,
  create: (context) => {
    const credentials = credentialsOf(context);
    return createClusterReaders({ credentials, clock: systemClock, sleep: systemSleep, timeoutMilliseconds });
  },
});
