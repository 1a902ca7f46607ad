import { clusters } from '../runtime/cluster-access-port.ts';
import { readers } from '../runtime/cluster-readers-port.ts';
import { awsPorts, clock, createHandler, table } from '../runtime/create-handler.ts';
import { eks } from '../runtime/eks-ports.ts';
import { events } from '../runtime/outside-ports.ts';
import { definition } from './function.ts';

export const handler = createHandler(definition, awsPorts({ clock, clusters, eks, events, readers, table }));
