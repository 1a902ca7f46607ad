import type { ApprovalRecord } from '../contracts/items/approval.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { personOf } from './principal.ts';

/** Whether a word was said of the plan in force, which has not changed since. */
export const isOfPlan = (word: ApprovalRecord, { planHash }: Pick<Wave, 'planHash'>): boolean =>
  word.planHash === planHash && word.isVoid !== true;

/** Of this plan only, the newest of each person; they are kept in the order in which they came. */
export function lastWords(wave: Pick<Wave, 'approvals' | 'planHash'>): ApprovalRecord[] {
  const words = new Map<string, ApprovalRecord>();
  for (const word of wave.approvals ?? [])
    if (isOfPlan(word, wave)) words.set(personOf(word.principal) ?? word.principal, word);
  return [...words.values()];
}
