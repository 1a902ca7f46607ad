import { awsPorts, clock, createHandler, ids, table } from '../runtime/create-handler.ts';
import { eks } from '../runtime/eks-ports.ts';
import { events } from '../runtime/event-bus-port.ts';
import { executions } from '../runtime/executions-port.ts';
import { definition } from './function.ts';

export const handler = createHandler(definition, awsPorts({ clock, eks, events, executions, ids, table }));
