import { createGateReader } from '../../adapters/aws/gate-reader.ts';
import { createWebhookGates } from '../../adapters/aws/gates/webhook-gate.ts';
import { createWebhookSecrets } from '../../adapters/aws/gates/webhook-secrets.ts';
import { systemClock } from '../../adapters/aws/system-clock.ts';
import type { GateReader } from '../../core/ports/outside.ts';
import { alarmEnvironment, alarmsOf } from '../runtime/alarm-gates.ts';
import { awsPorts, clock, createHandler, ids, type PortFactory, table } from '../runtime/create-handler.ts';
import { eks } from '../runtime/eks-ports.ts';
import { events } from '../runtime/event-bus-port.ts';
import { executions } from '../runtime/executions-port.ts';
import { hooks } from '../runtime/hooks-port.ts';
import { definition } from './function.ts';

/** The reconciler is the only function that asks gates which are webhooks. */
const gates: PortFactory<GateReader> = {
  environment: alarmEnvironment,
  create: (context) =>
    createGateReader({
      alarms: alarmsOf(context),
      webhooks: createWebhookGates({ secrets: createWebhookSecrets({ clock: systemClock }), clock: systemClock }),
    }),
};

export const handler = createHandler(
  definition,
  awsPorts({ clock, eks, events, executions, gates, hooks, ids, table }),
);
