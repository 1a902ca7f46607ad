import type { Member } from '../../core/contracts/items/rollout.ts';
import type { Reason } from '../../core/contracts/step-result.ts';
import { isLag } from '../../core/model/lag.ts';

/** The states of a wave's members, each in one: only a member with upgraded nodes counts as upgraded. */
export type WaveCounts = ReturnType<typeof countMembers>;

const KINDS = {
  Succeeded: 'upgraded',
  Failed: 'failed',
  Blocked: 'blocked',
  Excluded: 'excluded',
  Quarantined: 'quarantined',
  Running: 'running',
  Parked: 'parked',
  Pending: 'pending',
} as const;

export function countMembers(members: readonly Member[]) {
  const counts = {
    ...{ upgraded: 0, notWhole: 0, failed: 0, blocked: 0, excluded: 0, quarantined: 0 },
    ...{ running: 0, parked: 0, pending: 0 },
  };
  for (const { status, reasons } of members) {
    if (status === 'Left') continue;
    counts[status === 'Succeeded' && isBehind(reasons) ? 'notWhole' : KINDS[status]] += 1;
  }
  return counts;
}

/** Whether its control plane is at the target, and nodes or add-ons are not. */
export const isBehind = (reasons: readonly Reason[]): boolean => reasons.some(isLag);
