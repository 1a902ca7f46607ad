import { randomIds, systemClock } from '../../adapters/aws/system-clock.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Ids } from '../../core/ports/outside.ts';
import type { PortFactory } from './aws-ports.ts';

export const clock: PortFactory<Clock> = { environment: [], create: () => systemClock };

export const ids: PortFactory<Ids> = { environment: [], create: () => randomIds };
