import { createEksConnections, type EksConnections } from '../../adapters/aws/eks-connections.ts';
import { createEksMutator } from '../../adapters/aws/eks-mutator.ts';
import { createEksReader } from '../../adapters/aws/eks-reader.ts';
import { createSpokeSessions, type SpokeSessions } from '../../adapters/aws/spoke-role.ts';
import { systemClock, systemSleep } from '../../adapters/aws/system-clock.ts';
import type { EksMutator, EksReader } from '../../core/ports/eks.ts';
import type { PortContext, PortFactory } from './create-handler.ts';
import type { EnvironmentKey } from './environment.ts';

/** Variables that getting into an account takes. */
export const spokeEnvironment: readonly EnvironmentKey[] = ['partition', 'spokeRoleName', 'externalId'];

const sessions = new WeakMap<PortContext, SpokeSessions>();
const connections = new WeakMap<PortContext, EksConnections>();

export const eks: PortFactory<EksReader> = {
  environment: spokeEnvironment,
  create: (context) => createEksReader(connectionsOf(context)),
};

export const mutator: PortFactory<EksMutator> = {
  environment: spokeEnvironment,
  create: (context) => createEksMutator(connectionsOf(context), context.environment.partition),
};

/** The sessions of one function: ports that go into the same accounts share them. */
export function sessionsOf(context: PortContext): SpokeSessions {
  const { partition, spokeRoleName, externalId } = context.environment;
  const found =
    sessions.get(context) ??
    createSpokeSessions({
      role: { partition, name: spokeRoleName, externalId, functionName: context.functionName },
      clock: systemClock,
    });
  sessions.set(context, found);
  return found;
}

/** Reader and mutator share one rate per account and Region. */
function connectionsOf(context: PortContext): EksConnections {
  const found =
    connections.get(context) ??
    createEksConnections({ sessions: sessionsOf(context), clock: systemClock, sleep: systemSleep });
  connections.set(context, found);
  return found;
}
