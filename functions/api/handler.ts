import { awsPorts, clock, createHandler, ids, table } from '../runtime/create-handler.ts';
import { events, executions } from '../runtime/outside-ports.ts';
import { definition } from './function.ts';

export const handler = createHandler(definition, awsPorts({ clock, events, executions, ids, table }));
