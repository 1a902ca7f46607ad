import { systemClock } from '../../adapters/aws/system-clock.ts';
import { createClusterAccess } from '../../adapters/kubernetes/create-cluster-access.ts';
import type { ClusterAccess } from '../../core/ports/cluster-access.ts';
import type { PortFactory } from './create-handler.ts';
import { credentialsOf, spokeEnvironment } from './eks-ports.ts';

/** In a file of its own, so that only functions that look into clusters carry what reads API servers. */
export const clusters: PortFactory<ClusterAccess> = {
  environment: spokeEnvironment,
  create: (context) => createClusterAccess({ credentials: credentialsOf(context), clock: systemClock }),
};
