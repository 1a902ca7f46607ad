import type { ApprovalRecord, Wave } from '../contracts/items/rollout.ts';
import { personOf } from './principal.ts';

/** The audit's events for votes on a wave. */
export const WAVE_WORDS: readonly string[] = ['WaveApproved', 'WaveRejected', 'WaveRejectionWithdrawn'];

/** Whether a vote was given on the plan in force, which has not changed since. */
export const isOfPlan = (word: ApprovalRecord, { planHash }: Pick<Wave, 'planHash'>): boolean =>
  word.planHash === planHash && word.isVoid !== true;

/** The newest vote of each person. Votes are kept in the order in which they came. */
export const newestOfEach = (words: readonly ApprovalRecord[]): ApprovalRecord[] =>
  words.filter((word, index) => words.findLastIndex((other) => voiceOf(other) === voiceOf(word)) === index);

const voiceOf = ({ principal }: Pick<ApprovalRecord, 'principal'>): string => personOf(principal) ?? principal;

/** Whether this person's last vote on the plan is a rejection. */
export const isOwnRejection = (wave: Parameters<typeof lastWords>[0], principal: string): boolean =>
  lastWords(wave).some((word) => word.decision === 'Rejected' && voiceOf(word) === voiceOf({ principal }));

/** The newest vote of each person on the plan in force. */
export const lastWords = (wave: Pick<Wave, 'approvals' | 'planHash'>): ApprovalRecord[] =>
  newestOfEach((wave.approvals ?? []).filter((word) => isOfPlan(word, wave)));
