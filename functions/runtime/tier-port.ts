import { createSpokeSessions } from '../../adapters/aws/spoke-role.ts';
import { systemClock } from '../../adapters/aws/system-clock.ts';
import type { ClusterCredentials } from '../../adapters/kubernetes/cluster-token.ts';
import type { PortFactory } from './create-handler.ts';
import { spokeEnvironment } from './eks-ports.ts';

/** Makes a port for the role of a tier, to which IAM allows nothing else. `nameRole` makes its name from that of the spoke role. */
export const tierPort = <Port>(
  nameRole: (spokeRoleName: string) => string,
  createPort: (options: ClusterCredentials) => Port,
): PortFactory<Port> => ({
  environment: spokeEnvironment,
  create: ({ environment, functionName }) => {
    const { partition, spokeRoleName, externalId } = environment;
    const role = { partition, name: nameRole(spokeRoleName), externalId, functionName };
    const sessions = createSpokeSessions({ role, clock: systemClock });
    return createPort({ credentials: ({ account }) => sessions.forAccount(account), clock: systemClock });
  },
});
