import type { Member } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import { decide } from '../rollout/decide.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';

/** A fleet between two instants at which something happens, right before the second one. */
export interface Standstill {
  /** Without members. */
  readonly snapshot: FleetSnapshot;
  readonly at: Date;
}

/**
 * Why members waited until something changed, by cluster: the reconciler is asked about them right before. Those that it
 * looked at as it went are not enough, since whose turn cannot come is not offered to it.
 */
export function lastWaits({ snapshot, at }: Standstill, members: readonly Member[]): Map<string, readonly Reason[]> {
  const { waiting } = decide({ ...snapshot, members }, at);
  return new Map(waiting.map(({ clusterKey, reasons }) => [clusterKey, reasons]));
}
