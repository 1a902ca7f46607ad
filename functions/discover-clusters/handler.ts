import { createClusterQueue } from '../../adapters/aws/cluster-queue.ts';
import { createOrganization } from '../../adapters/aws/organization.ts';
import type { ClusterQueue, Organization } from '../../core/ports/outside.ts';
import { awsPorts, clock, createHandler, type PortFactory, table } from '../runtime/create-handler.ts';
import { eks } from '../runtime/eks-ports.ts';
import { definition } from './function.ts';

const queue: PortFactory<ClusterQueue> = {
  environment: ['clusterQueueUrl'],
  create: ({ environment }) => createClusterQueue(environment.clusterQueueUrl),
};
const organization: PortFactory<Organization> = { environment: [], create: () => createOrganization() };

export const handler = createHandler(definition, awsPorts({ clock, eks, organization, queue, table }));
