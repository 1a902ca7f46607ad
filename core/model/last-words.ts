import type { ApprovalRecord, Wave } from '../contracts/items/rollout.ts';
import { personOf } from './principal.ts';

/** As what the words on a wave are on record. */
export const WAVE_WORDS: readonly string[] = ['WaveApproved', 'WaveRejected', 'WaveRejectionWithdrawn'];

/** Whether a word was said of the plan in force, which has not changed since. */
export const isOfPlan = (word: ApprovalRecord, { planHash }: Pick<Wave, 'planHash'>): boolean =>
  word.planHash === planHash && word.isVoid !== true;

/** The newest word of each person; they are kept in the order in which they came. */
export const newestOfEach = (words: readonly ApprovalRecord[]): ApprovalRecord[] =>
  words.filter((word, index) => words.findLastIndex((other) => voiceOf(other) === voiceOf(word)) === index);

const voiceOf = ({ principal }: Pick<ApprovalRecord, 'principal'>): string => personOf(principal) ?? principal;

/** Whether the last word of this person on its plan is a rejection. */
export const isOwnRejection = (wave: Parameters<typeof lastWords>[0], principal: string): boolean =>
  lastWords(wave).some((word) => word.decision === 'Rejected' && voiceOf(word) === voiceOf({ principal }));

/** The same of this plan only. */
export const lastWords = (wave: Pick<Wave, 'approvals' | 'planHash'>): ApprovalRecord[] =>
  newestOfEach((wave.approvals ?? []).filter((word) => isOfPlan(word, wave)));
