import type { SpokeRole } from '../../core/operations/apply-documents.ts';
import { awsPorts, clock, createHandler, ids, type PortFactory, table } from '../runtime/create-handler.ts';
import { events } from '../runtime/event-bus-port.ts';
import { executions } from '../runtime/executions-port.ts';
import { definition } from './function.ts';

/** The API never assumes this role. It only names it in manifests, and compares it with the Fleet that somebody applies. */
const spokeRole: PortFactory<SpokeRole> = {
  environment: ['spokeRoleName', 'externalId'],
  create: ({ environment: { spokeRoleName: name, externalId } }) => ({ name, externalId }),
};

export const handler = createHandler(definition, awsPorts({ clock, events, executions, ids, spokeRole, table }));
