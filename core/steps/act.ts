import { calendarStateAt } from '../calendar/calendar-state.ts';
import { isNotFound, LOOK_AT_ACCESS, tellsDenial } from '../contracts/errors.ts';
import type { Intent } from '../contracts/items/protocol.ts';
import { failed, parked, quoted, type Reason, reason, type StepResult } from '../contracts/step-result.ts';
import type { PollBounds } from '../model/poll-seconds.ts';
import { sentence } from '../model/words.ts';
import { compiledRules } from '../policy/load-rules.ts';
import type { Update } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import { isOfThisTry, loadNewestIntent, recordObserved, recordOutcome } from '../protocol/intent-store.ts';
import { wayToTryAgain } from '../protocol/left-half-done.ts';
import { callOf, isGone } from '../protocol/look-up.ts';
import { type Mutation, mutate } from '../protocol/mutate.ts';
import { subjectOf } from '../protocol/update-subject.ts';
import type { Read } from '../store/entity.ts';
import { askHooks, type HookPorts } from './ask-hooks.ts';
import { deniedRetryAt, foreignStop, type StepContext, type StepPorts, wantedFor } from './context.ts';
import { loadHopPolicy } from './hop-policy.ts';
import { notSent } from './not-sent.ts';
import { rememberRunning, stillRunning, takeEnded } from './run-step.ts';
import { muteAlarms, type SilencePorts } from './silence-alarms.ts';
import { isForced } from './stuck-rolls.ts';

export type UnaskedPorts = StepPorts & Pick<Ports, 'mutator'>;
export type ActPorts = UnaskedPorts & HookPorts & SilencePorts;

/** A change that a step wants. */
type StepMutation = Omit<Mutation, 'asker' | 'clusterKey' | 'scope' | 'target' | 'tags' | 'upgrade'>;

/** A change before which hooks are asked. */
interface AskedMutation extends StepMutation {
  readonly step: 'update-addons' | 'upgrade-control-plane' | 'roll-node-group' | 'set-update-config';
}

/** EKS was busy with something else, so the attempt did nothing and another one may follow. */
const BUSY = new Set(['ResourceInUseException']);

/** What refused the change may pass: no attempt has failed by it. A permission that is missing for some time does not fail an upgrade that was begun. */
const mayPass = (error: string, upgrade: StepContext['upgrade']): boolean =>
  BUSY.has(error) || (upgrade?.mutated === true && tellsDenial(error));

/**
 * Makes one change and observes its end: `wait` while its update runs, `failed` when EKS refused it or it failed, and the result of `onSuccess` when
 * DescribeUpdate says Successful. Only DescribeUpdate decides, never a status field. `seen`: the newest intent, where this invocation has read it.
 */
export async function actUnasked(
  ports: UnaskedPorts,
  context: StepContext,
  what: string,
  mutation: StepMutation,
  bounds: PollBounds,
  onSuccess: (ended: Intent) => Promise<StepResult>,
  seen?: { readonly newest: Read<Intent> | undefined },
): Promise<StepResult> {
  const { asker, clusterKey, scope } = context;
  const { newest } = seen ?? {
    newest: await loadNewestIntent(ports.table, clusterKey, mutation.step, mutation.subject),
  };
  const over = newest && endOfTry(newest.data, context);
  if (over !== undefined) return failed(...over);
  const result = await mutate(ports, { ...mutation, ...wantedFor(context) }, { newest });
  // The loss of a call is on record, so the next look decides what it means.
  const again = () => actUnasked(ports, context, what, mutation, bounds, onSuccess);
  switch (result.type) {
    case 'stop':
      return result.result;
    case 'lost':
      return again();
    case 'wait':
    case 'forbidden':
      return notSent(ports, context, result);
    case 'rejected': {
      const said = quoted(result.error, `EKS refused ${what}: ${result.message}`);
      if (!mayPass(result.error, context.upgrade)) return failed(said);
      if (!BUSY.has(result.error))
        return parked(deniedRetryAt(ports), reason('Denied', `${sentence(said.message)} ${LOOK_AT_ACCESS}`));
      return foreignStop(ports, context, reason('ForeignUpdate', `${said.message}; something else runs there.`));
    }
    case 'running': {
      const { updateId } = result;
      const update = takeEnded(ports, updateId) ?? (await findUpdate(ports, result.intent, updateId));
      if (update === 'gone') {
        const lost = { type: 'lost' as const, at: ports.clock.now().toISOString() };
        await recordOutcome(ports, result.intent, lost, result.seen);
        return again();
      }
      if (update.status === 'InProgress') {
        const { upgradeId, step, subject: of, attempt, committedAt } = result.intent;
        const said = isForced(result.intent) ? `${what} by force` : what;
        const seenRunning = { scope, clusterKey, upgradeId, step, subject: of, attempt, what: said, bounds };
        rememberRunning(ports, asker.arn, seenRunning);
        return stillRunning(said, update.id, committedAt, ports.clock.now(), bounds);
      }
      const observed = await recordObserved(ports, result.intent, update, result.seen);
      if (update.status === 'Successful') return withPast(await onSuccess(observed), await ranPast(ports, context));
      // An update of an attempt that was stopped ends nothing that a person has had tried since: its cause may be mended.
      const isOfGrant = result.intent.grantNumber === context.grant?.number;
      if (!isOfGrant && !isOfThisTry(result.intent, context.upgrade)) return again();
      const ended = reason('UpdateFailed', `${what}: the update ${update.id} ended ${update.status}.`);
      return failed(...(failureOf(observed) ?? [ended]));
    }
  }
}

/** `gone`: the node group or add-on was deleted while EKS worked on it, and its updates are gone with it. */
async function findUpdate({ eks }: UnaskedPorts, intent: Intent, updateId: string): Promise<Update | 'gone'> {
  try {
    return await eks.describeUpdate(intent.scope, { ...subjectOf(callOf(intent)), updateId });
  } catch (error) {
    if (isNotFound(error) && (await isGone(eks, intent))) return 'gone';
    throw error;
  }
}

/** The same, once no hook of the policy is in the way and the policy's alarms are silenced. */
export function act(
  ports: ActPorts,
  context: StepContext,
  what: string,
  mutation: AskedMutation,
  ...rest: [PollBounds, (ended: Intent) => Promise<StepResult>, { readonly newest: Read<Intent> | undefined }?]
): Promise<StepResult> {
  const prepare = async (): ReturnType<Mutation['prepare']> => {
    const prepared = await mutation.prepare();
    if ('stop' in prepared) return prepared;
    const held = await beforeChange(ports, context, mutation);
    return held === undefined ? prepared : { stop: held };
  };
  return actUnasked(ports, context, what, { ...mutation, prepare }, ...rest);
}

/**
 * Asks hooks and silences alarms before a change: for each node group before the first change to it, and for add-ons together in each phase.
 * Undefined = the change may be made.
 */
export async function beforeChange(
  ports: HookPorts & SilencePorts,
  context: StepContext,
  { step: changed, subject }: Pick<AskedMutation, 'step' | 'subject'>,
): Promise<StepResult | undefined> {
  const step = changed === 'set-update-config' ? 'roll-node-group' : changed;
  const part = step === 'update-addons' ? (context.input.phase ?? 'after') : subject;
  const moment = { at: 'before', step, ...(step === 'upgrade-control-plane' ? {} : { part }) } as const;
  return (await askHooks(ports, context, moment)) ?? muteAlarms(ports, context, { step, part });
}

const withPast = (result: StepResult, past: Reason | undefined): StepResult =>
  past === undefined ? result : { ...result, reasons: [...result.reasons, past] };

/** A node group with the name of one that was deleted during its roll belongs to somebody, so a person looks first. */
const ROLLS: readonly string[] = ['roll-node-group', 'set-update-config'];

/** Why this step has ended before it looks, because of its newest attempt; undefined where it may go on. */
function endOfTry(newest: Intent, { grant, upgrade, name }: StepContext): Reason[] | undefined {
  const { step, subject, outcome, grantNumber } = newest;
  if (outcome?.type === 'lost' && ROLLS.includes(step) && isOfThisTry(newest, upgrade)) {
    const said = `The node group ${subject} was deleted while EKS worked on it. What has its name now was left as it is. Once somebody has looked: ${wayToTryAgain(name, upgrade, true)}`;
    return [reason('UpdateFailed', said)];
  }
  // Under one grant a failed attempt is the end. Trying again is a person's decision (retry), and needs a new grant.
  if (outcome?.type === 'refused' && mayPass(outcome.error, upgrade)) return undefined;
  return grantNumber === grant?.number ? failureOf(newest) : undefined;
}

/** Why an attempt ended without success; undefined when it succeeded or has not ended. */
export function failureOf(intent: Intent): Reason[] | undefined {
  const { outcome } = intent;
  if (outcome?.type === 'refused')
    return [quoted(outcome.error, `EKS refused ${intent.call.name} on ${intent.subject}: ${outcome.message}`)];
  if (outcome?.type !== 'accepted' || outcome.observed === undefined || outcome.observed.status === 'Successful')
    return undefined;
  const { errors, status } = outcome.observed;
  if (errors.length === 0)
    return [reason('UpdateFailed', `The update ${outcome.updateId} of ${intent.subject} ended ${status}.`)];
  return errors.map(({ code, message }) => ({
    code,
    message: `The update ${outcome.updateId} of ${intent.subject} ended ${status}: ${sentence(message)}`,
  }));
}

/**
 * A change on which EKS works when a window closes is finished. The report says that it ended outside the window. Undefined where the window is open,
 * or no calendar holds.
 */
export async function ranPast(
  ports: Pick<Ports, 'table' | 'clock'>,
  context: StepContext,
): Promise<Reason | undefined> {
  const { read } = await loadHopPolicy(ports, context);
  const calendars = read === undefined ? [] : compiledRules(read).calendars;
  if (calendars.length === 0) return undefined;
  const now = ports.clock.now();
  const { open, freeze } = calendarStateAt(calendars, now);
  if (open) return undefined;
  const what = freeze === null ? 'its window had closed' : `the freeze ${freeze} had begun`;
  return reason(
    'RanPastWindow',
    `It ended at ${now.toISOString()}, when ${what}: what EKS works on is not broken off.`,
  );
}
