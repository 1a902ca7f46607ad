import type { FleetStop } from '../contracts/items/fleet-stop.ts';
import type { FleetControl } from '../contracts/items/rollout.ts';

/** Beside the first; the audit has each of them. */
const MOST_BESIDE = 20;

/** All that stop the fleet now, the first one first; none where it goes on. */
export function stopsOf(control: FleetControl | undefined): FleetStop[] {
  if (control?.stopped !== true) return [];
  const { by, at, reason, beside = [] } = control;
  return [{ by, at, reason }, ...beside];
}

/**
 * The fleet with one more stop. The first one stays in force, and the others stand beside it, where the release before leaves them out: whoever
 * resumes the fleet sees whose reasons end with that. Who says the same again has said it.
 */
export function withStop(control: FleetControl | undefined, stop: Required<FleetStop>): FleetControl {
  const [first, ...beside] = stopsOf(control);
  if (control === undefined || first === undefined) return { stopped: true, ...stop };
  if ([first, ...beside].some(({ by, reason }) => by === stop.by && reason === stop.reason)) return control;
  return { ...control, beside: [...beside, stop].slice(0, MOST_BESIDE) };
}

/** `ann: incident` */
export const stopText = ({ by, reason }: FleetStop): string => `${by ?? 'somebody'}: ${reason ?? 'no reason given'}`;
