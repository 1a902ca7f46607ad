import { systemClock, systemSleep } from '../../adapters/aws/system-clock.ts';
import { createClusterReaders } from '../../adapters/kubernetes/reader/create-cluster-readers.ts';
import type { ClusterReaders } from '../../core/ports/cluster-readers.ts';
import type { PortFactory } from './create-handler.ts';
import { sessionsOf, spokeEnvironment } from './eks-ports.ts';

export const readers: PortFactory<ClusterReaders> = {
  environment: spokeEnvironment,
  create: (context) => {
    const sessions = sessionsOf(context);
    const credentials = ({ account }: { readonly account: string }) => sessions.forAccount(account);
    return createClusterReaders({ credentials, clock: systemClock, sleep: systemSleep });
  },
};
