import type { ApprovalRecord } from '../contracts/items/approval.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { personOf } from './principal.ts';

/** Of this plan only, the newest of each person; they are kept in the order in which they came. */
export function lastWords({ approvals = [], planHash }: Pick<Wave, 'approvals' | 'planHash'>): ApprovalRecord[] {
  const words = new Map<string, ApprovalRecord>();
  for (const word of approvals)
    if (word.planHash === planHash) words.set(personOf(word.principal) ?? word.principal, word);
  return [...words.values()];
}
