import { awsPorts, clock, createHandler, table } from '../runtime/create-handler.ts';
import { executions } from '../runtime/outside-ports.ts';
import { definition } from './function.ts';

export const handler = createHandler(definition, awsPorts({ clock, executions, table }));
