import type { Intent } from '../contracts/items/protocol.ts';
import { GRACE_SECONDS } from '../contracts/mutating-calls.ts';

/**
 * What may be done about a step's newest intent (protocol.md rule 4):
 * - `none`: a new attempt may be committed, with this number;
 * - `in-grace`: its call may still arrive, so nobody sends anything before `until`;
 * - `look-up`: find out, without mutating, whether EKS took it;
 * - `running`: EKS took it; poll this update.
 */
export type IntentState =
  | { readonly type: 'none'; readonly nextAttempt: number }
  | { readonly type: 'in-grace'; readonly until: Date; readonly intent: Intent }
  | { readonly type: 'look-up'; readonly intent: Intent }
  | { readonly type: 'running'; readonly intent: Intent; readonly updateId: string };

export function intentState(newest: Intent | undefined, now: Date): IntentState {
  if (newest === undefined) return { type: 'none', nextAttempt: 1 };
  const { outcome } = newest;
  if (outcome === undefined) {
    const until = graceEnd(newest);
    return now < until ? { type: 'in-grace', until, intent: newest } : { type: 'look-up', intent: newest };
  }
  if (outcome.type === 'accepted' && outcome.observed === undefined) {
    return { type: 'running', intent: newest, updateId: outcome.updateId };
  }
  return { type: 'none', nextAttempt: newest.attempt + 1 };
}

export function graceEnd(intent: Intent): Date {
  return new Date(Date.parse(intent.committedAt) + GRACE_SECONDS * 1000);
}
