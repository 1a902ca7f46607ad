import { errorMessage, errorName } from '../contracts/errors.ts';
import type { Intent, Upgrade } from '../contracts/items/protocol.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { readCode } from '../contracts/reasons.ts';
import { given } from '../model/given.ts';
import type { Update } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import { change, NOTHING } from '../store/change.ts';
import { clusterPartition, Intents, intentPrefix } from '../store/entities.ts';
import { decode, type Read, replace } from '../store/entity.ts';

type Outcome = NonNullable<Intent['outcome']>;

/** The newest intent of a step on a subject: its attempt is the counter over all upgrades and manual runs. */
export async function loadNewestIntent(
  table: Pick<Ports['table'], 'queryPartition'>,
  clusterKey: string,
  step: string,
  subject: string,
): Promise<Read<Intent> | undefined> {
  const items = await table.queryPartition(clusterPartition(clusterKey), intentPrefix(step, subject));
  const newest = items.at(-1);
  return newest === undefined ? undefined : decode(Intents, newest);
}

/** Every intent of a cluster, or of one step in it, or of a step on one subject, by step, subject and attempt. */
export async function intentsOf(
  table: Pick<Ports['table'], 'queryPartition'>,
  clusterKey: string,
  step?: string,
  subject?: string,
): Promise<Read<Intent>[]> {
  const items = await table.queryPartition(clusterPartition(clusterKey), intentPrefix(step, subject));
  return items.map((item) => decode(Intents, item));
}

/**
 * Records how a call ended, once: an outcome that is there already stays, since two invocations may learn the same. Returns the intent as it stands
 * afterwards. `seen` is the intent as this invocation has read or written it; it is tried first, and when the item has moved since then it is read
 * anew.
 */
export async function recordOutcome(
  ports: Pick<Ports, 'table' | 'clock'>,
  intent: Intent,
  outcome: Outcome,
  seen?: Read<Intent>,
): Promise<Intent> {
  let known = seen;
  return change(ports, async () => {
    const read = known ?? (await loadNewestIntent(ports.table, intent.clusterKey, intent.step, intent.subject));
    known = undefined;
    if (read === undefined || read.data.attempt !== intent.attempt) return { result: intent };
    const before = read.data.outcome;
    // "Refused" and "not sent" are about one commit; another invocation may have committed the attempt again since then.
    if (outcome.type !== 'accepted' && read.data.commits !== intent.commits) return { result: read.data };
    const isNews =
      before === undefined ||
      (before.type === 'never-sent' && outcome.type === 'accepted') ||
      (before.type === 'accepted' &&
        outcome.type === 'accepted' &&
        before.observed === undefined &&
        outcome.observed !== undefined) ||
      // The node group or add-on is gone, and the accepted update went with it.
      (before.type === 'accepted' && before.observed === undefined && outcome.type === 'lost');
    if (!isNews) return { result: read.data };
    const next: Intent = { ...read.data, outcome };
    const detail = describe(intent, outcome);
    return {
      result: next,
      writes: [replace(Intents, read, next)],
      record: [{ subject: intent.clusterKey, event: eventOf(outcome), principal: LIFTLOCK, detail }],
    };
  });
}

/** Records that EKS answered with an error that does not prove that nothing began. */
export function recordDoubt(ports: Pick<Ports, 'table' | 'clock'>, seen: Read<Intent>, error: unknown): Promise<void> {
  return change(ports, async (now) => {
    const { clusterKey, step, subject, attempt, commits } = seen.data;
    const read = await loadNewestIntent(ports.table, clusterKey, step, subject);
    if (read === undefined || read.data.attempt !== attempt || read.data.commits !== commits) return NOTHING;
    if (read.data.outcome !== undefined) return NOTHING;
    const doubt = { error: errorName(error), message: errorMessage(error), at: now.toISOString() };
    const detail = { step, subject, attempt, call: read.data.call.name, upgradeId: read.data.upgradeId, doubt };
    return {
      ...NOTHING,
      writes: [replace(Intents, read, { ...read.data, doubt })],
      record: [{ subject: clusterKey, event: 'MutationDoubtful', principal: LIFTLOCK, detail }],
    };
  });
}

/** Whether it was committed since the last time a person had the upgrade tried, however often it has parked since. */
export const isOfThisTry = ({ upgradeId, committedAt }: Intent, upgrade: Upgrade | undefined): boolean =>
  upgradeId === upgrade?.id && committedAt >= (upgrade.startedAt ?? '');

/** Whether the call of this intent, or an earlier call that this item had before, may have taken effect. */
export const mayHaveActed = ({ outcome, answeredBefore }: Intent): boolean =>
  answeredBefore === true || (outcome?.type !== 'refused' && outcome?.type !== 'never-sent');

/**
 * Whether the intent belongs to this upgrade, from its first attempt that changed something on. Time decides too, since a hop that is made again has
 * the same id.
 */
export const isOfUpgrade = (
  { id, startedAt = '', firstStartedAt = startedAt }: Upgrade,
  { upgradeId, committedAt }: Intent,
): boolean => upgradeId === id && committedAt >= firstStartedAt;

/** The outcome of an intent that was looked up for the last time and not found. */
export function notBegun({ doubt }: Intent, at: string): Outcome {
  return doubt === undefined
    ? { type: 'never-sent', at }
    : { type: 'refused', error: doubt.error, message: doubt.message, at };
}

/** Records that DescribeUpdate showed the update of an accepted call in a terminal state. */
export function recordObserved(
  ports: Pick<Ports, 'table' | 'clock'>,
  intent: Intent,
  update: Update,
  seen?: Read<Intent>,
): Promise<Intent> {
  const at = ports.clock.now().toISOString();
  const { at: accepted = at, requestId } = intent.outcome?.type === 'accepted' ? intent.outcome : {};
  const errors = (update.errors ?? []).map((error) => ({
    code: readCode(error.errorCode ?? 'Unknown'),
    message: error.errorMessage ?? '',
  }));
  const observed = { status: update.status, at, errors };
  return recordOutcome(
    ports,
    intent,
    { type: 'accepted', updateId: update.id, at: accepted, observed, ...given({ requestId }) },
    seen,
  );
}

function eventOf(outcome: Outcome): string {
  if (outcome.type === 'refused') return 'MutationRefused';
  if (outcome.type === 'never-sent') return 'MutationNotSent';
  if (outcome.type === 'lost') return 'MutationLost';
  if (outcome.type === 'answered') return 'MutationAnswered';
  if (outcome.type === 'unheard') return 'MutationUnheard';
  return outcome.observed === undefined ? 'MutationAccepted' : 'UpdateEnded';
}

const describe = (intent: Intent, outcome: Outcome): Record<string, unknown> => ({
  step: intent.step,
  subject: intent.subject,
  attempt: intent.attempt,
  call: intent.call.name,
  upgradeId: intent.upgradeId,
  outcome,
});
