import { isNotFound } from '../contracts/errors.ts';
import type { Intent } from '../contracts/items/protocol.ts';
import { GRACE_SECONDS, LIST_LAG_SECONDS, type MutatingCall, UPDATE_TYPE } from '../contracts/mutating-calls.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { clusterKey as clusterKeyOf } from '../model/cluster-key.ts';
import type { EksReader, Update } from '../ports/eks.ts';
import { hasTargetOf, subjectOf } from './update-subject.ts';

/**
 * The clocks of EKS and of the committer may differ by this much. The interval may be wide, since every update that existed before the commit is
 * among the known ones and is never taken for ours.
 */
const SKEW_SECONDS = 60;

/** Seconds between two looks at what a call with unknown outcome may have started. */
export const LOOK_AGAIN_SECONDS = 30;
export const OUTCOME_UNKNOWN: Reason = reason(
  'OutcomeUnknown',
  'A call was committed and what became of it is not known yet; it is looked up.',
);

export const callOf = (intent: Pick<Intent, 'call'>): MutatingCall => intent.call as unknown as MutatingCall;

/**
 * Finds the update that an intent without outcome started, if EKS took its call: an update that was not known before, of the same type and target,
 * created in the commit's interval (protocol.md, One mutating call). `gone`: the cluster, node group or add-on of the call does not exist any more
 * and took its updates with it, so nobody can find out; what has its name now is another one, whose updates are not ours. Undefined: EKS lists no
 * such update. This function changes nothing.
 */
export async function lookUp(eks: LookUpReader, intent: Intent): Promise<Update | 'gone' | undefined> {
  try {
    const update = await findUpdate(eks, intent);
    // This is asked after the list was read: where the subject of the call is still there now, the list was its own.
    return (await isGone(eks, intent)) ? 'gone' : update;
  } catch (error) {
    // EKS says it of an update that it lists and does not show yet, too.
    if (isNotFound(error) && (await isGone(eks, intent))) return 'gone';
    throw error;
  }
}

type LookUpReader = Pick<
  EksReader,
  'listUpdates' | 'describeUpdate' | 'describeCluster' | 'describeNodegroup' | 'describeAddon'
>;

async function findUpdate(eks: LookUpReader, intent: Intent): Promise<Update | undefined> {
  const subject = subjectOf(callOf(intent));
  const known = new Set(intent.knownUpdateIds);
  for (const updateId of await eks.listUpdates(intent.scope, subject)) {
    if (known.has(updateId)) continue;
    const update = await eks.describeUpdate(intent.scope, { ...subject, updateId });
    if (isOfCall(intent, update)) return update;
  }
  return undefined;
}

/** Whether the call of an intent without outcome may have started this update of its subject. */
export function isOfCall(intent: Intent, update: Update): boolean {
  const call = callOf(intent);
  const committed = Date.parse(intent.committedAt);
  const created = update.createdAt.getTime();
  return (
    !intent.knownUpdateIds.includes(update.id) &&
    update.type === UPDATE_TYPE[call.name] &&
    hasTargetOf(update, call) &&
    created >= committed - SKEW_SECONDS * 1000 &&
    created <= committed + (GRACE_SECONDS + SKEW_SECONDS) * 1000
  );
}

/** Whether the subject of an intent does not exist any more, or another one has its name. */
export async function isGone(eks: LookUpReader, intent: Intent): Promise<boolean> {
  try {
    return await isAnother(eks, intent);
  } catch (error) {
    if (isNotFound(error)) return true;
    throw error;
  }
}

/**
 * A cluster is recognized by when it was created, since its ARN may be used again. A node group or add-on existed before the commit: one that was
 * created later, or less than the clocks' difference earlier, is another one.
 */
async function isAnother(eks: LookUpReader, { scope, clusterKey, committedAt, ...intent }: Intent): Promise<boolean> {
  const { name, nodegroupName, addonName } = subjectOf(callOf(intent));
  const cluster = await eks.describeCluster(scope, { name });
  if (clusterKeyOf(cluster.arn, cluster.createdAt) !== clusterKey) return true;
  const part =
    nodegroupName !== undefined
      ? await eks.describeNodegroup(scope, { clusterName: name, nodegroupName })
      : addonName !== undefined
        ? await eks.describeAddon(scope, { clusterName: name, addonName })
        : undefined;
  const createdAt = part?.createdAt?.getTime() ?? Number.NEGATIVE_INFINITY;
  return createdAt > Date.parse(committedAt) - SKEW_SECONDS * 1000;
}

/**
 * What may be done about a step's newest intent (protocol.md, One mutating call):
 * - `none`: a new attempt may be committed, with this number (a lost one counts as ended);
 * - `in-grace`: its call may still arrive, so nobody sends anything before `until`;
 * - `look-up`: find out, without changing anything, whether EKS took the call; only a call that is not found in the last look did not begin;
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
    // EKS has answered this call, so it is not still on its way.
    if (now < until && newest.doubt === undefined) return { type: 'in-grace', until, intent: newest };
    return { type: 'look-up', intent: newest, isLast: now >= listEnd(newest) };
  }
  if (outcome.type === 'accepted' && outcome.observed === undefined) {
    return { type: 'running', intent: newest, updateId: outcome.updateId };
  }
  return { type: 'none', nextAttempt: newest.attempt + 1 };
}

/** From this time on ListUpdates shows whatever the call has started. */
export const listEnd = (intent: Intent): Date => new Date(graceEnd(intent).getTime() + LIST_LAG_SECONDS * 1000);

export function graceEnd(intent: Intent): Date {
  return new Date(Date.parse(intent.committedAt) + GRACE_SECONDS * 1000);
}
