import { awsPorts, clock, createHandler, ids, table } from '../runtime/create-handler.ts';
import { eks } from '../runtime/eks-ports.ts';
import { gates } from '../runtime/gates-port.ts';
import { events, executions } from '../runtime/outside-ports.ts';
import { definition } from './function.ts';

export const handler = createHandler(definition, awsPorts({ clock, eks, events, executions, gates, ids, table }));
