import { blocked, parked, type Reason, type StepResult } from '../contracts/step-result.ts';
import type { Ports } from '../ports/ports.ts';
import type { StepContext } from './context.ts';
import { pollSeconds } from './polling.ts';

const MINUTE = 60;
const BOUNDS = { least: 5 * MINUTE, most: 240 * MINUTE };
const GIVE_UP_DAYS = 7;

/**
 * Parks while somebody else changes what the step is about, and looks ever more rarely: after an eighth of the time that the upgrade has
 * taken so far, from five minutes to four hours. After seven days it is no passing thing, and the step ends `blocked` with the same reason.
 */
export function foreignStop(ports: Pick<Ports, 'clock'>, context: StepContext, why: Reason): StepResult {
  const now = ports.clock.now();
  const since = context.upgrade?.startedAt === undefined ? context.startedAt : new Date(context.upgrade.startedAt);
  if (now.getTime() - since.getTime() >= GIVE_UP_DAYS * 86_400_000) return blocked(why);
  return parked(new Date(now.getTime() + pollSeconds(since, now, BOUNDS) * 1000), why);
}

/** Statuses that pass by themselves when what runs there ends; the others (FAILED, DELETING) do not. */
export const isPassing = (status: string): boolean => ['CREATING', 'UPDATING', 'PENDING'].includes(status);
