import { clusters } from '../runtime/cluster-access-port.ts';
import { awsPorts, clock, createHandler, table } from '../runtime/create-handler.ts';
import { eks } from '../runtime/eks-ports.ts';
import { events, probe } from '../runtime/outside-ports.ts';
import { definition } from './function.ts';

export const handler = createHandler(definition, awsPorts({ clock, clusters, eks, events, probe, table }));
