import type { Rollout } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';

/** Beside the first, so that all of them fit wherever reasons are shown; the audit has each of them. */
const MOST_BESIDE = 10;

/** All pauses of a rollout that is paused, the first one first. They are its reasons, which every release reads and every resume clears. */
export const pausesOf = ({ status, reasons }: Pick<Rollout, 'status' | 'reasons'>): Reason[] =>
  status === 'Paused' ? reasons.filter(({ code }) => code === 'Paused') : [];

/**
 * The rollout with one more pause. As with stops of the fleet, the first one stays and the others stand beside it: whoever resumes the rollout sees
 * whose reasons end with that. Who says the same again has said it.
 */
export function withPause(rollout: Rollout, by: string, why: string): Rollout {
  const pause = reason('Paused', `${by}: ${why}`);
  const [first, ...beside] = pausesOf(rollout);
  if (first === undefined) return { ...rollout, status: 'Paused', reasons: [pause] };
  if ([first, ...beside].some(({ message }) => message === pause.message)) return rollout;
  return { ...rollout, reasons: [first, ...[...beside, pause].slice(0, MOST_BESIDE)] };
}
