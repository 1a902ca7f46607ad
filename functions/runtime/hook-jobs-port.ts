import { createSpokeSessions } from '../../adapters/aws/spoke-role.ts';
import { systemClock } from '../../adapters/aws/system-clock.ts';
import { createHookJobs } from '../../adapters/kubernetes/create-hook-jobs.ts';
import { hookRoleName } from '../../core/contracts/names.ts';
import type { HookJobs } from '../../core/ports/hook-jobs.ts';
import type { PortFactory } from './create-handler.ts';
import { spokeEnvironment } from './eks-ports.ts';

/** Asks in clusters by the role of the tier *hooks*, which IAM lets do nothing else. */
export const jobs: PortFactory<HookJobs> = {
  environment: spokeEnvironment,
  create: ({ environment, functionName }) => {
    const { partition, spokeRoleName, externalId } = environment;
    const role = { partition, name: hookRoleName(spokeRoleName), externalId, functionName };
    const sessions = createSpokeSessions({ role, clock: systemClock });
    return createHookJobs({ credentials: ({ account }) => sessions.forAccount(account), clock: systemClock });
  },
};
