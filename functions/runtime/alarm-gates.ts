import { createGateReader } from '../../adapters/aws/gate-reader.ts';
import { type AlarmGates, createAlarmGates } from '../../adapters/aws/gates/alarm-gate.ts';
import { systemClock, systemSleep } from '../../adapters/aws/system-clock.ts';
import type { GateReader } from '../../core/ports/outside.ts';
import type { PortFactory } from './create-handler.ts';
import { sessionsOf, spokeEnvironment } from './eks-ports.ts';

export const alarmEnvironment = [...spokeEnvironment, 'machineArnPrefix'] as const;

/** Alarms of the hub's own account are read without the spoke role. The ARN of the state machines tells which account that is. */
export function alarmsOf(context: Parameters<PortFactory<AlarmGates>['create']>[0]): AlarmGates {
  const [, , , , hubAccount = ''] = context.environment.machineArnPrefix.split(':');
  return createAlarmGates({ hubAccount, sessions: sessionsOf(context), clock: systemClock, sleep: systemSleep });
}

/** For functions that read alarms and ask no webhooks. */
export const alarmGates: PortFactory<GateReader> = {
  environment: alarmEnvironment,
  create: (context) => createGateReader({ alarms: alarmsOf(context) }),
};
