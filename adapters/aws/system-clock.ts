import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Ids } from '../../core/ports/outside.ts';
import type { Sleep } from './token-bucket.ts';

export const systemClock: Clock = { now: () => new Date() };

export const systemSleep: Sleep = (milliseconds) => delay(milliseconds);

export const randomIds: Ids = { next: () => randomUUID() };
