import { blocked, parked, type Reason, type StepResult } from '../contracts/step-result.ts';
import type { Ports } from '../ports/ports.ts';
import type { StepContext } from './context.ts';

const LEAST_MINUTES = 5;
const MOST_MINUTES = 240;
const GIVE_UP_DAYS = 7;
const MINUTE = 60_000;

/**
 * Parks while somebody else changes what the step is about, and looks ever more rarely: after an eighth of the time that the upgrade has
 * taken so far, from five minutes to four hours. After seven days it is no passing thing, and the step ends `blocked` with the same reason.
 */
export function foreignStop(ports: Pick<Ports, 'clock'>, context: StepContext, why: Reason): StepResult {
  const now = ports.clock.now().getTime();
  const since = context.upgrade?.startedAt;
  const minutes = Math.max(0, now - (since === undefined ? context.startedAt.getTime() : Date.parse(since))) / MINUTE;
  if (minutes >= GIVE_UP_DAYS * 24 * 60) return blocked(why);
  return parked(new Date(now + Math.min(MOST_MINUTES, Math.max(LEAST_MINUTES, minutes / 8)) * MINUTE), why);
}

/** Statuses that pass by themselves when what runs there ends; the others (FAILED, DELETING) do not. */
export const isPassing = (status: string): boolean => ['CREATING', 'UPDATING', 'PENDING'].includes(status);
