import type { Intent } from '../contracts/items/protocol.ts';
import { GRACE_SECONDS, LIST_LAG_SECONDS } from '../contracts/mutating-calls.ts';

/**
 * What may be done about a step's newest intent (protocol.md rule 4):
 * - `none`: a new attempt may be committed, with this number (what was lost counts as ended);
 * - `in-grace`: its call may still arrive, so nobody sends anything before `until`;
 * - `look-up`: find out, without mutating, whether EKS took it; only what is not found by the last time did not begin;
 * - `running`: EKS took it; poll this update.
 */
type IntentState =
  | { readonly type: 'none'; readonly nextAttempt: number }
  | { readonly type: 'in-grace'; readonly until: Date; readonly intent: Intent }
  | { readonly type: 'look-up'; readonly intent: Intent; readonly isLast: boolean }
  | { readonly type: 'running'; readonly intent: Intent; readonly updateId: string };

export function intentState(newest: Intent | undefined, now: Date): IntentState {
  if (newest === undefined) return { type: 'none', nextAttempt: 1 };
  const { outcome } = newest;
  if (outcome === undefined) {
    const until = graceEnd(newest);
    // What EKS has answered does not arrive any more.
    if (now < until && newest.doubt === undefined) return { type: 'in-grace', until, intent: newest };
    return { type: 'look-up', intent: newest, isLast: now >= listEnd(newest) };
  }
  if (outcome.type === 'accepted' && outcome.observed === undefined) {
    return { type: 'running', intent: newest, updateId: outcome.updateId };
  }
  return { type: 'none', nextAttempt: newest.attempt + 1 };
}

/** From then on ListUpdates shows whatever the call has started. */
export const listEnd = (intent: Intent): Date => new Date(graceEnd(intent).getTime() + LIST_LAG_SECONDS * 1000);

export function graceEnd(intent: Intent): Date {
  return new Date(Date.parse(intent.committedAt) + GRACE_SECONDS * 1000);
}
