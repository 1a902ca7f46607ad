import { anchors } from '../runtime/anchors-port.ts';
import { awsPorts } from '../runtime/aws-ports.ts';
import { clock } from '../runtime/clock-ports.ts';
import { createHandler } from '../runtime/create-handler.ts';
import { table } from '../runtime/table-port.ts';
import { definition } from './function.ts';

export const handler = createHandler(definition, awsPorts({ anchors, clock, table }));
