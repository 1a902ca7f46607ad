import { createGateReader } from '../../adapters/aws/gate-reader.ts';
import { createAlarmGates } from '../../adapters/aws/gates/alarm-gate.ts';
import { createWebhookGates } from '../../adapters/aws/gates/webhook-gate.ts';
import { createWebhookSecrets } from '../../adapters/aws/gates/webhook-secrets.ts';
import { systemClock, systemSleep } from '../../adapters/aws/system-clock.ts';
import type { GateReader } from '../../core/ports/outside.ts';
import { awsPorts, clock, createHandler, ids, type PortFactory, table } from '../runtime/create-handler.ts';
import { eks, sessionsOf, spokeEnvironment } from '../runtime/eks-ports.ts';
import { events, executions } from '../runtime/outside-ports.ts';
import { definition } from './function.ts';

/**
 * The clients that read gates are for the reconciler alone. Alarms of the hub's own account take no other role; which
 * account that is, the machines' ARN says.
 */
const gates: PortFactory<GateReader> = {
  environment: [...spokeEnvironment, 'machineArnPrefix'],
  create(context) {
    const [, , , , hubAccount = ''] = context.environment.machineArnPrefix.split(':');
    const clock = systemClock;
    return createGateReader({
      alarms: createAlarmGates({ hubAccount, sessions: sessionsOf(context), clock, sleep: systemSleep }),
      webhooks: createWebhookGates({ secrets: createWebhookSecrets({ clock }), clock }),
    });
  },
};

export const handler = createHandler(definition, awsPorts({ clock, eks, events, executions, gates, ids, table }));
