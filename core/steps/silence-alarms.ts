import { errorMessage, errorName, isDenied } from '../contracts/errors.ts';
import type { SilenceEntry } from '../contracts/items/protocol.ts';
import { CALLS_WITHOUT_UPDATE } from '../contracts/mutating-calls.ts';
import { done, parked, type Reason, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { isRollback } from '../model/hop.ts';
import { some } from '../model/words.ts';
import { oneLine } from '../policy/gate-answer.ts';
import {
  isOurRule,
  muteRuleName,
  muteRuleOf,
  type SilencedStep,
  silenceDuring,
  silenceMark,
  silentFrom,
} from '../policy/silence-rule.ts';
import type { Ports } from '../ports/ports.ts';
import type { AlarmState, MuteRule } from '../ports/silences.ts';
import { loadNewestIntent } from '../protocol/intent-store.ts';
import { graceEnd } from '../protocol/look-up.ts';
import { mutateWithoutUpdate, type Undone } from '../protocol/mutate.ts';
import { closeUndoEntries, isOpen, loadUndoEntry, noteSilence } from '../protocol/undo.ts';
import { UndoEntries } from '../store/entities.ts';
import { type Read, replace } from '../store/entity.ts';
import { type EffectKey, effectAsOpened, type StepContext, type StepPorts, wantedFor } from './context.ts';
import { notSent } from './not-sent.ts';

export type SilencePorts = StepPorts & Pick<Ports, 'silences'>;

/** What is silenced for: `part` is the node group, the phase of add-ons, or `cluster`. */
export interface SilenceMoment {
  readonly step: SilencedStep;
  readonly part: string;
}

/** A silence and its end are committed under this step, so that neither is sent while the other one may still arrive. */
const STEP = 'silence-alarms';
/** When a silence that could not be lifted is tried again. */
const AGAIN_MILLISECONDS = 15 * 60_000;
const MOST_NAMED = 5;

/**
 * Silences the alarms of the policy before the first change of a step, once under a grant. A step result means that the commit was refused or has to
 * wait, or that it was tried: then the next invocation makes the change, and has all of its time for it. A refusal of CloudWatch does not stop the
 * step, which reports it (`withSilenceLifted`). A rollback silences nothing, since the cluster may be worse than before and people should hear of it.
 */
export async function muteAlarms(
  ports: SilencePorts,
  context: StepContext,
  moment: SilenceMoment,
): Promise<StepResult | undefined> {
  const { upgrade, grant, clusterKey, name } = context;
  if (upgrade === undefined || grant === undefined || isRollback(upgrade)) return undefined;
  const { spec } = await context.policy();
  const wanted = silenceDuring(spec?.silences ?? [], moment.step, name);
  if (wanted === undefined) return undefined;
  const now = ports.clock.now();
  const place = { clusterKey, ...moment };
  const rule = muteRuleOf(place, name, wanted, upgrade.id, now);
  const before = await loadUndoEntry(ports.table, clusterKey, 'silence', rule.name);
  if (before !== undefined && (await wasTried(ports, context, moment, before.data))) return undefined;
  const { alarms, endsAt: until } = rule;
  const entry: SilenceEntry = {
    ...{ clusterKey, effect: 'silence', subject: rule.name, uid: silenceMark(place), upgradeId: upgrade.id },
    ...{ ...moment, grantNumber: grant.number, alarms: [...alarms], until, recordedAt: now.toISOString() },
  };
  const mutation = {
    ...wantedFor(context),
    ...{ step: STEP, subject: subjectOf(moment), call: { name: 'MuteAlarms', input: rule } as const },
    beside: [replace(UndoEntries, before, entry)],
  };
  let unheard: unknown;
  try {
    // A silence of an earlier try that nobody could lift may still be there.
    const mayStandStill = isOpen(before);
    const result = await mutateWithoutUpdate(
      ports,
      mutation,
      (mayGoOn) =>
        put(ports, context, rule, entry.uid, mayGoOn).catch((error: unknown) => {
          unheard = error;
          throw error;
        }),
      ({ undone }) => (mayStandStill ? undefined : undone),
    );
    if (result.type !== 'answered') return notSent(ports, context, result);
    const { silenced, notes, missing, lacks } = result.answer;
    const alarms = entry.alarms.filter((alarm) => !missing.includes(alarm));
    const written = await loadUndoEntry(ports.table, clusterKey, 'silence', rule.name);
    const mayStand = silenced || mayStandStill;
    if (!mayStand && written !== undefined) await closeUndoEntries(ports, [written], 'gone', notes, lacks);
    // An alarm that does not exist was never silent.
    if (mayStand && notes.length > 0) await noteSilence(ports, { ...entry, alarms }, notes);
  } catch (error) {
    if (error !== unheard) throw error;
    // It may have taken effect, so the entry stays open and is lifted like any other.
    await noteSilence(ports, entry, [notSilenced(entry, `it is not known whether they were: ${said(error)}`)]);
  }
  return wait(1, reason('Silencing', `Alarms are silenced before ${moment.step}; the step looks anew.`));
}

/** Whether this grant has silenced, or was refused, already. An invocation that died in between is repeated. */
async function wasTried(
  { table }: SilencePorts,
  { clusterKey, grant }: StepContext,
  moment: SilenceMoment,
  entry: SilenceEntry,
): Promise<boolean> {
  if (entry.grantNumber !== grant?.number) return false;
  if (entry.notes !== undefined || entry.closed !== undefined) return true;
  const newest = await loadNewestIntent(table, clusterKey, STEP, subjectOf(moment));
  return newest?.data.outcome?.type === 'answered';
}

interface Put {
  readonly silenced: boolean;
  readonly notes: readonly Reason[];
  /** Alarms that do not exist. */
  readonly missing: readonly string[];
  /** The permission that was denied. */
  readonly lacks?: string;
  /** Absent where they are silenced. */
  readonly undone?: Undone;
}

/** Silences the alarms that exist. When it throws, the call may have taken effect. */
async function put(
  { silences }: SilencePorts,
  { scope }: StepContext,
  rule: MuteRule,
  mark: string,
  mayGoOn: () => boolean,
): Promise<Put> {
  const not = (why: string, undone: Undone = { type: 'never-sent' }): Put => ({
    ...{ silenced: false, notes: [notSilenced(rule, why)], missing: [], undone },
  });
  let permission = 'cloudwatch:GetAlarmMuteRule';
  const refused = (error: unknown, undone?: Undone): Put => ({
    ...not(said(error), undone),
    ...(isDenied(error) && { lacks: permission }),
  });
  let missing: readonly string[];
  try {
    const found = await silences.getMuteRule(scope, rule.name);
    if (found !== undefined && !isOurRule(found, mark))
      return not(`the mute rule ${rule.name} is somebody else's; rename it`);
    permission = 'cloudwatch:DescribeAlarms';
    const there = new Set((await silences.describeAlarms(scope, rule.alarms)).map(({ name }) => name));
    missing = rule.alarms.filter((alarm) => !there.has(alarm));
  } catch (error) {
    return refused(error);
  }
  const alarms = rule.alarms.filter((alarm) => !missing.includes(alarm));
  const absent = `the account and Region have no alarm ${some(missing, MOST_NAMED)}; correct spec.silences`;
  if (alarms.length === 0) return not(absent);
  if (!mayGoOn()) return not('CloudWatch took too long to answer');
  permission = CALLS_WITHOUT_UPDATE.MuteAlarms.permission;
  try {
    await silences.putMuteRule(scope, { ...rule, alarms });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return refused(error, { type: 'refused', error: errorName(error), message: oneLine(errorMessage(error)) });
  }
  return { silenced: true, notes: missing.length === 0 ? [] : [notSilenced({ alarms: missing }, absent)], missing };
}

/** CloudWatch did nothing where it says that the request is wrong or forbidden. Any other error may hide an effect. */
const isRefusal = (error: unknown): boolean =>
  /^(AccessDenied|UnauthorizedOperation|Validation|Invalid|Missing|LimitExceeded|ResourceNotFound|ResourceConflict)/.test(
    errorName(error),
  );

const said = (error: unknown): string => `${errorName(error)}: ${oneLine(errorMessage(error))}`;

const notSilenced = ({ alarms }: Pick<MuteRule, 'alarms'>, why: string): Reason =>
  reason(
    'NotSilenced',
    `${some(alarms, MOST_NAMED)} could not be silenced: ${why}. They take their actions as ever, and the step goes on. Each alarm that is to be silenced needs the tag liftlock:silence=allowed, and the account a spoke role of this version.`,
  );

/** The effects that `withSilenceLifted` needs. */
export const silenceOf =
  (moment: SilenceMoment) =>
  (clusterKey: string, name: string): readonly [EffectKey] => [
    ['silence', muteRuleName({ clusterKey, ...moment }, name)],
  ];

/**
 * Lifts the silence of a step that ends, however it ends, and adds the notes about it. If that fails, the undo of what an upgrade has left lifts it
 * (core/protocol/undo.ts). Returns the result of the step, or waits.
 */
export async function withSilenceLifted(
  ports: SilencePorts,
  context: StepContext,
  moment: SilenceMoment,
  result: StepResult,
): Promise<StepResult> {
  const { clusterKey, name, upgrade } = context;
  const [[, ruleName]] = silenceOf(moment)(clusterKey, name);
  // While a step waits nothing is lifted, and the notes as of its opening are enough.
  const entry =
    result.status === 'wait'
      ? await effectAsOpened(ports.table, context, 'silence', ruleName)
      : await loadUndoEntry(ports.table, clusterKey, 'silence', ruleName);
  if (entry === undefined || entry.data.upgradeId !== upgrade?.id) return result;
  // The notes of an earlier try were reported then.
  if (entry.data.closed !== undefined && entry.data.recordedAt < (upgrade.startedAt ?? '')) return result;
  if (entry.data.closed !== undefined || result.status === 'wait') return withNotes(result, entry.data.notes);
  const lifted = await liftSilence(ports, context, entry);
  if (lifted.status === 'wait') return { ...lifted, reasons: [...lifted.reasons, ...result.reasons] };
  if (lifted.status === 'done') return withNotes(result, lifted.reasons);
  return withNotes(result, [...(entry.data.notes ?? []), ...lifted.reasons.filter(({ code }) => code === 'NotLifted')]);
}

const withNotes = (result: StepResult, notes: readonly Reason[] = []): StepResult =>
  notes.length === 0 ? result : { ...result, reasons: [...result.reasons, ...notes] };

/** Done: the rule is gone, or somebody else's. The reasons are the notes about it, and are kept with the entry. */
export async function liftSilence(
  ports: SilencePorts,
  context: StepContext,
  entry: Read<SilenceEntry>,
): Promise<StepResult> {
  const { subject: name, uid, until, alarms } = entry.data;
  const { scope } = context;
  const newest = await loadNewestIntent(ports.table, context.clusterKey, STEP, subjectOf(entry.data));
  const { call: last, outcome } = newest?.data ?? {};
  const mayArrive =
    newest === undefined || outcome !== undefined ? 0 : graceEnd(newest.data).getTime() - ports.clock.now().getTime();
  // The call for a rule that does not exist yet may still arrive.
  if (mayArrive > 0)
    return wait(Math.ceil(mayArrive / 1000), reason('OutcomeUnknown', 'Whether alarms are silenced is not known yet.'));
  let how: How;
  const left: Reason[] = [];
  try {
    const found = await ports.silences.getMuteRule(scope, name);
    how = found === undefined ? 'gone' : isOurRule(found, uid) ? 'undone' : 'notOurs';
    if (how === 'gone' && last?.name === 'UnmuteAlarms') how = 'undone';
    else if (how === 'gone' && outcome?.type !== 'answered') how = 'never';
    else if (how === 'undone') {
      const call = { name: 'UnmuteAlarms', input: { name } } as const;
      const mutation = { ...wantedFor(context), step: STEP, subject: subjectOf(entry.data), call };
      const result = await mutateWithoutUpdate(ports, mutation, () => ports.silences.deleteMuteRule(scope, name));
      if (result.type !== 'answered') return notSent(ports, context, result);
    }
  } catch (error) {
    const now = ports.clock.now();
    const isOver = now.toISOString() >= until;
    if (!isOver || !isDenied(error)) {
      const again = now.getTime() + AGAIN_MILLISECONDS;
      const ends = isOver ? 'It has ended by itself, and its rule is left' : `It ends by itself at ${until}`;
      const why = `The silence of ${some(alarms, MOST_NAMED)} could not be lifted: ${said(error)}. ${ends}; that is tried again, or delete the mute rule ${name}.`;
      return parked(new Date(isOver ? again : Math.min(again, Date.parse(until))), reason('NotLifted', why));
    }
    // CloudWatch has ended it by itself, so nobody need wait for a permission.
    how = 'gone';
    left.push(
      reason(
        'NotLifted',
        `The silence has ended by itself, and its mute rule ${name} may be left: ${said(error)}. Delete the rule.`,
      ),
    );
  }
  const notes = [...(await tellOf(ports, context, entry.data, how)), ...left, ...(entry.data.notes ?? [])];
  await closeUndoEntries(ports, [entry], how === 'never' ? 'gone' : how, notes);
  return done(...notes);
}

/** `never`: its call did not arrive. */
type How = 'undone' | 'gone' | 'notOurs' | 'never';

/** Reports the alarms after a silence. Alarms that ring now are named, since the silence has hidden that. */
async function tellOf(
  { silences, clock }: SilencePorts,
  { scope }: StepContext,
  { subject: name, alarms, recordedAt, until, notes }: SilenceEntry,
  how: How,
): Promise<Reason[]> {
  if (how === 'never') return [];
  const now = clock.now().toISOString();
  const named = some(alarms, MOST_NAMED);
  if (how === 'notOurs')
    return [reason('NotLifted', `The mute rule ${name} has another description now: it is left as it is.`)];
  if (how === 'gone' && now < until)
    return notes === undefined
      ? [reason('Silenced', `The mute rule ${name} of ${named} was not there any more when it was to be lifted.`)]
      : [];
  const end = now < until ? now : `${until}, when it ended by itself`;
  const from = silentFrom(new Date(recordedAt)).toISOString();
  const lasted =
    end < from ? `were to take no actions from ${from}, and it ended before` : `took no actions from ${from} to ${end}`;
  const silent = reason('Silenced', `${named} ${lasted}.`);
  try {
    const ringing = (await silences.describeAlarms(scope, alarms)).filter(({ state }) => state === 'ALARM');
    return [...ringing.slice(0, MOST_NAMED).map(rings), ...moreThan(ringing), silent];
  } catch (error) {
    return [reason('Silenced', `${silent.message} Which of them ring now could not be read: ${said(error)}.`)];
  }
}

const rings = ({ name, reason: text, since }: AlarmState): Reason =>
  reason(
    'SilencedAlarmRings',
    `The alarm ${name} is in ALARM${since === undefined ? '' : ` since ${since}`}: ${oneLine(text)}. It was silenced until now, and takes its actions from here on.`,
  );

const moreThan = (ringing: readonly AlarmState[]): Reason[] => {
  const more = ringing.slice(MOST_NAMED).map(({ name }) => name);
  return more.length === 0 ? [] : [reason('SilencedAlarmRings', `So are ${some(more, 20)}.`)];
};

const subjectOf = ({ step, part }: { readonly step: string; readonly part: string }): string => `${step}/${part}`;
