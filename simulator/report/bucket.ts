import type { Upgrade } from '../../core/contracts/items/protocol.ts';
import type { Member } from '../../core/contracts/items/rollout.ts';
import type { Reason } from '../../core/contracts/step-result.ts';
import { isLag } from '../../core/model/lag.ts';
import type { Bucket, ClusterReport } from './report-types.ts';

/** upgraded = Succeeded; failed = Failed, RolledBack; held = all that waits for somebody; excluded (protocol.md, States). */
export function bucketOf(member: Member | undefined, last: Upgrade | undefined): Bucket {
  if (member === undefined && last === undefined) return 'excluded';
  const status = member?.status ?? last?.status;
  if (status === 'Succeeded') return 'upgraded';
  if (status === 'Failed' || status === 'RolledBack') return 'failed';
  return status === 'Excluded' ? 'excluded' : 'held';
}

/** Whether its control plane is where it should be, and nodes or add-ons are not. */
export const isBehind = (reasons: readonly Reason[]): boolean => reasons.some(isLag);

/** What became of a cluster, in words: nothing is called upgraded that was not, nodes, add-ons and all. */
export function resultOf({ bucket, reasons, status }: ClusterReport): string {
  if (status === 'UpToDate') return 'up to date';
  return bucket === 'upgraded' && isBehind(reasons) ? 'not whole' : bucket;
}
