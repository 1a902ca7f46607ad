import { createWebhookSecrets } from '../../adapters/aws/gates/webhook-secrets.ts';
import { createOwnerAddresses } from '../../adapters/aws/owner-addresses.ts';
import { systemClock } from '../../adapters/aws/system-clock.ts';
import type { OwnerAddresses } from '../../core/ports/outside.ts';
import { awsPorts, clock, createHandler, type PortFactory, table } from '../runtime/create-handler.ts';
import { events } from '../runtime/event-bus-port.ts';
import { executions } from '../runtime/executions-port.ts';
import { definition } from './function.ts';

/** This function alone notifies owners. */
const addresses: PortFactory<OwnerAddresses> = {
  environment: [],
  create: () => {
    const clock = systemClock;
    return createOwnerAddresses({ secrets: createWebhookSecrets({ clock }), clock });
  },
};

export const handler = createHandler(definition, awsPorts({ addresses, clock, events, executions, table }));
