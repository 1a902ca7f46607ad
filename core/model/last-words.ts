import type { ApprovalRecord } from '../contracts/items/approval.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { personOf } from './principal.ts';

/** Whether a word was said of the plan in force, which has not changed since. */
export const isOfPlan = (word: ApprovalRecord, { planHash }: Pick<Wave, 'planHash'>): boolean =>
  word.planHash === planHash && word.isVoid !== true;

/** The newest word of each person; they are kept in the order in which they came. */
export const newestOfEach = (words: readonly ApprovalRecord[]): ApprovalRecord[] => [
  ...new Map(words.map((word) => [personOf(word.principal) ?? word.principal, word])).values(),
];

/** The same of this plan only. */
export const lastWords = (wave: Pick<Wave, 'approvals' | 'planHash'>): ApprovalRecord[] =>
  newestOfEach((wave.approvals ?? []).filter((word) => isOfPlan(word, wave)));
