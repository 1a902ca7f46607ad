import { createSpokeSessions } from '../../adapters/aws/spoke-role.ts';
import { systemClock } from '../../adapters/aws/system-clock.ts';
import { createNodeOperators } from '../../adapters/kubernetes/create-node-operator.ts';
import { operateRoleName } from '../../core/contracts/names.ts';
import type { NodeOperators } from '../../core/ports/node-operator.ts';
import type { PortFactory } from './create-handler.ts';
import { spokeEnvironment } from './eks-ports.ts';

/** Works in clusters by the role of the tier *operate*, which IAM lets do nothing else. */
export const nodes: PortFactory<NodeOperators> = {
  environment: spokeEnvironment,
  create: ({ environment, functionName }) => {
    const { partition, spokeRoleName, externalId } = environment;
    const role = { partition, name: operateRoleName(spokeRoleName), externalId, functionName };
    const sessions = createSpokeSessions({ role, clock: systemClock });
    return createNodeOperators({ credentials: ({ account }) => sessions.forAccount(account), clock: systemClock });
  },
};
