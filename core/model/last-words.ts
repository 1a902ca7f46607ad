import type { ApprovalRecord, Wave } from '../contracts/items/rollout.ts';
import { personOf } from './principal.ts';

/** Whether a word was said of the plan in force, which has not changed since. */
export const isOfPlan = (word: ApprovalRecord, { planHash }: Pick<Wave, 'planHash'>): boolean =>
  word.planHash === planHash && word.isVoid !== true;

/** The newest word of each person; they are kept in the order in which they came. */
export const newestOfEach = (words: readonly ApprovalRecord[]): ApprovalRecord[] =>
  words.filter((word, index) => words.findLastIndex((other) => voiceOf(other) === voiceOf(word)) === index);

const voiceOf = ({ principal }: ApprovalRecord): string => personOf(principal) ?? principal;

/** The same of this plan only. */
export const lastWords = (wave: Pick<Wave, 'approvals' | 'planHash'>): ApprovalRecord[] =>
  newestOfEach((wave.approvals ?? []).filter((word) => isOfPlan(word, wave)));
