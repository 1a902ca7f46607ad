import { createEksConnections } from '../../adapters/aws/eks-connections.ts';
import { createEksMutator } from '../../adapters/aws/eks-mutator.ts';
import { createEksReader } from '../../adapters/aws/eks-reader.ts';
import { createSpokeSessions } from '../../adapters/aws/spoke-role.ts';
import { systemClock, systemSleep } from '../../adapters/aws/system-clock.ts';
import { remembered } from '../../core/model/remembered.ts';
import type { EksMutator, EksReader } from '../../core/ports/eks.ts';
import type { EnvironmentKey, PortContext, PortFactory } from './create-handler.ts';

/** The variables that a port needs to assume the spoke role. */
export const spokeEnvironment: readonly EnvironmentKey[] = ['partition', 'spokeRoleName', 'externalId'];

export const eks: PortFactory<EksReader> = {
  environment: spokeEnvironment,
  create: (context) => createEksReader(connectionsOf(context)),
};

export const mutator: PortFactory<EksMutator> = {
  environment: spokeEnvironment,
  create: (context) => createEksMutator(connectionsOf(context), context.environment.partition),
};

/** The sessions of one function: all its ports share them. */
export const sessionsOf = remembered(({ environment, functionName }: PortContext) => {
  const { partition, spokeRoleName: name, externalId } = environment;
  return createSpokeSessions({ role: { partition, name, externalId, functionName }, clock: systemClock });
}, new WeakMap());

/** Gives clients of Kubernetes the credentials for a cluster's account. */
export const credentialsOf = (context: PortContext) => {
  const sessions = sessionsOf(context);
  return ({ account }: { readonly account: string }) => sessions.forAccount(account);
};

/** The reader and the mutator share one rate limit for each account and Region. */
const connectionsOf = remembered(
  (context: PortContext) =>
    createEksConnections({ sessions: sessionsOf(context), clock: systemClock, sleep: systemSleep }),
  new WeakMap(),
);
