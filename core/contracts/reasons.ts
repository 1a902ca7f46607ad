import { ANSWER_REASONS } from './reasons/answer-reasons.ts';
import { CALENDAR_REASONS } from './reasons/calendar-reasons.ts';
import { CHECK_REASONS } from './reasons/check-reasons.ts';
import { CLUSTER_REASONS } from './reasons/cluster-reasons.ts';
import { GRANT_REASONS } from './reasons/grant-reasons.ts';
import type { ReasonFacts, ReasonKind, WaitedFor } from './reasons/reason-facts.ts';
import { ROLLOUT_REASONS } from './reasons/rollout-reasons.ts';
import { STEP_REASONS } from './reasons/step-reasons.ts';

/** Families by what they are about, as the documents list them. */
export const REASON_FAMILIES = {
  'Grants and commits': GRANT_REASONS,
  'Clusters, policies and targets': CLUSTER_REASONS,
  'Calendars and approvals': CALENDAR_REASONS,
  'Rollouts, waves and members': ROLLOUT_REASONS,
  Steps: STEP_REASONS,
  'Scan and smoke check': CHECK_REASONS,
  'Answers and reports': ANSWER_REASONS,
} as const;

/** Every code that Liftlock says. Codes are API: one that has been released keeps its meaning, and none is used for something else. */
export const REASONS = {
  ...GRANT_REASONS,
  ...CLUSTER_REASONS,
  ...CALENDAR_REASONS,
  ...ROLLOUT_REASONS,
  ...STEP_REASONS,
  ...CHECK_REASONS,
  ...ANSWER_REASONS,
} as const;
export type ReasonCode = keyof typeof REASONS;

declare const unknown: unique symbol;
/**
 * A word that is not in the table: an error name of AWS, or a code of a release before or after this one. It is a text like any other.
 * For the compiler it is a literal that nobody writes, so that comparing a code with a word that is no code of ours does not compile.
 */
type UnknownCode = 'a word that is not in the table' & { readonly [unknown]: true };

/** What stands in a reason: stored ones and those that quote others included. */
export type AnyCode = ReasonCode | UnknownCode;

/** The text stays as it is, whether this version knows it or not. */
export const readCode = (text: string): AnyCode => text as AnyCode;

export const isKnown = (code: string): code is ReasonCode => Object.hasOwn(REASONS, code);

/** A code that this version does not know counts as lasting: nothing begins or goes on by itself on a word that nobody understands. */
export const kindOf = (code: AnyCode): ReasonKind => (isKnown(code) ? REASONS[code].kind : 'lasting');

/** Undefined where a cluster waits for nothing that others wait for too, or nobody knows. */
export function waitsFor(code: AnyCode): WaitedFor | undefined {
  const facts: ReasonFacts | undefined = isKnown(code) ? REASONS[code] : undefined;
  return facts?.waitsFor;
}
