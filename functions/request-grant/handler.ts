import { awsPorts, clock, createHandler, ids, table } from '../runtime/create-handler.ts';
import { eks } from '../runtime/eks-ports.ts';
import { executions } from '../runtime/executions-port.ts';
import { definition } from './function.ts';

export const handler = createHandler(definition, awsPorts({ clock, eks, executions, ids, table }));
