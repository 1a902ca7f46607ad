import { createClusterQueue } from '../../adapters/aws/cluster-queue.ts';
import { createEventBus } from '../../adapters/aws/event-bus.ts';
import { createExecutions } from '../../adapters/aws/executions.ts';
import { createOrganization } from '../../adapters/aws/organization.ts';
import { createUrlProbe } from '../../adapters/aws/url-probe.ts';
import { loadFleetInForce } from '../../core/policy/applied.ts';
import type { Executions } from '../../core/ports/executions.ts';
import type { ClusterQueue, EventBus, Organization, UrlProbe } from '../../core/ports/outside.ts';
import { type PortFactory, table } from './create-handler.ts';

export const events: PortFactory<EventBus> = {
  environment: ['bus'],
  create: ({ environment, log }) =>
    createEventBus({ busName: environment.bus, onLost: (event) => log('An event was lost.', event) }),
};

export const executions: PortFactory<Executions> = {
  environment: ['machineArnPrefix'],
  create: ({ environment }) => createExecutions({ machineArnPrefix: environment.machineArnPrefix }),
};

export const queue: PortFactory<ClusterQueue> = {
  environment: ['clusterQueueUrl'],
  create: ({ environment }) => createClusterQueue(environment.clusterQueueUrl),
};

export const organization: PortFactory<Organization> = { environment: [], create: () => createOrganization() };

/** The hosts that may be private are those of the Fleet as it stands when the probe is used. */
export const probe: PortFactory<UrlProbe> = {
  environment: table.environment,
  create(context) {
    const store = table.create(context);
    return createUrlProbe({
      allowedHosts: async () => (await loadFleetInForce(store))?.allowedHosts ?? [],
    });
  },
};
