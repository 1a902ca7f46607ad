import type { Intent } from '../contracts/items/protocol.ts';
import { GRACE_SECONDS, type MutatingCall, UPDATE_TYPE } from '../contracts/mutating-calls.ts';
import type { EksReader, Update } from '../ports/eks.ts';
import { hasTargetOf, subjectOf } from './update-subject.ts';

/**
 * Clocks of EKS and of the committer may differ by this much. What was there before the commit is among the known updates, so that a wide
 * interval takes nobody else's update for ours.
 */
const SKEW_SECONDS = 60;

export const callOf = (intent: Intent): MutatingCall => intent.call as unknown as MutatingCall;

/**
 * Finds the update that an intent without outcome started, if EKS took its call: not among those known before, of the same type and
 * target, created in the commit's interval (protocol.md rule 4). Undefined = EKS never saw it. Mutates nothing.
 */
export async function lookUp(
  eks: Pick<EksReader, 'listUpdates' | 'describeUpdate'>,
  intent: Intent,
): Promise<Update | undefined> {
  const call = callOf(intent);
  const subject = subjectOf(call);
  const known = new Set(intent.knownUpdateIds);
  const from = Date.parse(intent.committedAt) - SKEW_SECONDS * 1000;
  const to = Date.parse(intent.committedAt) + (GRACE_SECONDS + SKEW_SECONDS) * 1000;
  for (const updateId of await eks.listUpdates(intent.scope, subject)) {
    if (known.has(updateId)) continue;
    const update = await eks.describeUpdate(intent.scope, { ...subject, updateId });
    const created = update.createdAt.getTime();
    if (update.type === UPDATE_TYPE[call.name] && hasTargetOf(update, call) && created >= from && created <= to)
      return update;
  }
  return undefined;
}
