import { blocked, parked, type Reason, type StepResult } from '../contracts/step-result.ts';
import type { Ports } from '../ports/ports.ts';
import type { StepContext } from './context.ts';

/** Seconds between two looks, and from the beginning to the first one. */
export interface PollBounds {
  readonly least: number;
  readonly most: number;
  /** Nothing has ever ended before; absent = `least`. */
  readonly first?: number;
}

/**
 * Seconds until the next look: an eighth of the time that it has taken so far, within bounds. A node group that rolls for six hours is
 * asked about 40 times, not 360, so that the longest upgrade stays far below 25,000 history events (facts: serverless.md §1.8).
 */
export function pollSeconds(since: Date, now: Date, { least, most, first = least }: PollBounds): number {
  const elapsed = Math.max(0, (now.getTime() - since.getTime()) / 1000);
  return Math.round(Math.max(first - elapsed, Math.min(most, Math.max(least, elapsed / 8))));
}

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
