import { createGateReader } from '../../adapters/aws/gate-reader.ts';
import { createAlarmGates } from '../../adapters/aws/gates/alarm-gate.ts';
import { createWebhookGates } from '../../adapters/aws/gates/webhook-gate.ts';
import { createWebhookSecrets } from '../../adapters/aws/gates/webhook-secrets.ts';
import { systemClock, systemSleep } from '../../adapters/aws/system-clock.ts';
import type { GateReader } from '../../core/ports/gates.ts';
import type { PortFactory } from './create-handler.ts';
import { sessionsOf, spokeEnvironment } from './eks-ports.ts';

/**
 * In a file of its own: the clients that read gates are for the reconciler alone. Alarms of the hub's own account take no other role; which
 * account that is, the machines' ARN says.
 */
export const gates: PortFactory<GateReader> = {
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
