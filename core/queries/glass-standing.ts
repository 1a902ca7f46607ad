import type { BreakGlass } from '../contracts/items/break-glass.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { glassInForce, isInForce, mayBreakGlass, peopleNeeded } from '../policy/break-glass.ts';

type Rule = Parameters<typeof isInForce>[1];

/** Where an order stands under the policy as it is now: an order that was asked for need not be open yet. */
export interface GlassStanding {
  /** `Replaced`: the order was for a plan that the wave does not have any more. */
  readonly status: 'Opened' | 'Requested' | 'Over' | 'Replaced';
  /** How many people whose word counts have asked for the order. */
  readonly people: number;
  readonly peopleNeeded: number;
}

/** Where the order for a cluster stands. */
export const clusterGlass = (glass: BreakGlass, rule: Rule, now: Date): GlassStanding =>
  standing(glass, isInForce(glass, rule, now), rule, now);

/** The order of a wave, which is for one plan; null where there is none. */
export function waveGlass(wave: Wave, rule: Rule, now: Date): GlassStanding | null {
  const { breakGlass: glass, planHash } = wave;
  if (glass === undefined) return null;
  const told = standing(glass, glassInForce(undefined, wave, rule, now) !== undefined, rule, now);
  return told.status === 'Requested' && glass.planHash !== planHash ? { ...told, status: 'Replaced' } : told;
}

function standing(glass: BreakGlass, isOpen: boolean, rule: Rule, now: Date): GlassStanding {
  const isOver = Date.parse(glass.until) <= now.getTime();
  return {
    status: isOpen ? 'Opened' : isOver ? 'Over' : 'Requested',
    // An order has each person once (core/operations/break-glass.ts).
    people: glass.by.filter(({ principal }) => mayBreakGlass(rule, principal)).length,
    peopleNeeded: peopleNeeded(rule, glass),
  };
}
