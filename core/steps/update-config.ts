import { unlessGone } from '../contracts/errors.ts';
import type { UpdateConfigEntry, UpdateSettings } from '../contracts/items/protocol.ts';
import type { MutatingCall } from '../contracts/mutating-calls.ts';
import { done, parked, type Reason, reason, type StepResult } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { isSame } from '../model/is-same.ts';
import { settingsOf } from '../model/update-settings.ts';
import { managedGroups } from '../nodes/managed-groups/managed-group.ts';
import { formerOf, requestFor, settingsText, uidOf } from '../nodes/managed-groups/update-config.ts';
import type { Restored } from '../nodes/node-owner.ts';
import type { Nodegroup, UpdateNodegroupConfigInput } from '../ports/eks.ts';
import { loadNewestIntent } from '../protocol/intent-store.ts';
import { intentState } from '../protocol/look-up.ts';
import type { Mutation } from '../protocol/mutate.ts';
import { closeUndoEntries, isOpen, loadUndoEntry } from '../protocol/undo.ts';
import { UndoEntries } from '../store/entities.ts';
import { type Read, replace } from '../store/entity.ts';
import { type ActPorts, act, actUnasked, type UnaskedPorts } from './act.ts';
import { effectAsOpened, type StepContext } from './context.ts';
import { findUpdatesInFlight, stopBeside } from './foreign-updates.ts';
import { readControlPlaneAtRest } from './read-control-plane.ts';

const SET = 'set-update-config' as const;
const PUT_BACK = 'restore-update-config' as const;
/** EKS changes the settings of a group within a minute or two. */
const BOUNDS = { least: 30, most: 120 };
/** When it is looked again whether the group is at rest. */
const UPDATING_MILLISECONDS = 5 * 60_000;

const callFor =
  (input: Omit<UpdateNodegroupConfigInput, 'clientRequestToken'>) =>
  (clientRequestToken: string): MutatingCall => ({
    name: 'UpdateNodegroupConfig',
    input: { ...input, clientRequestToken },
  });

/**
 * Gives a group that is about to be rolled the update settings for its roll (`settingsFor`), and writes their undo in the same transaction. Undefined
 * where it has them.
 * @param knownUpdateIds of the group, as read right before
 */
export async function setUpdateConfig(
  ports: ActPorts,
  context: StepContext,
  group: Nodegroup,
  ours: UpdateSettings,
  knownUpdateIds: readonly string[],
): Promise<StepResult | undefined> {
  const { clusterKey, upgrade } = context;
  const { nodegroupName: subject, clusterName } = group;
  const prepare: Mutation['prepare'] = async () => {
    if (isSame(settingsOf(group), ours)) return { stop: done() };
    const before = await loadUndoEntry(ports.table, clusterKey, 'updateConfig', subject);
    const [current, former] = [settingsOf(group), formerOf(group, before?.data)];
    const entry: UpdateConfigEntry = {
      ...{ clusterKey, effect: 'updateConfig', subject, uid: uidOf(group), upgradeId: upgrade?.id ?? '' },
      ...{ former, ours, ...given({ oursBefore: isSame(current, former) ? undefined : current }) },
      ...{ recordedAt: ports.clock.now().toISOString() },
    };
    const updateConfig = requestFor(current, ours);
    const call = callFor({ clusterName, nodegroupName: subject, updateConfig });
    return { call, knownUpdateIds, beside: [replace(UndoEntries, before, entry)] };
  };
  const set = await act(ports, context, WHAT[SET](subject), { step: SET, subject, prepare }, BOUNDS, async () =>
    done(),
  );
  return unlessDone(set);
}

/**
 * Continues a change of settings that was begun before anything else happens to the group, because EKS works on it. Undefined where there is none. A
 * failed change back to the group's own settings is repeated by the undo.
 */
export async function goOnWithUpdateConfig(
  ports: UnaskedPorts,
  context: StepContext,
  group: string,
): Promise<StepResult | undefined> {
  // Nothing was done to the group since the step was opened.
  const entry = await effectAsOpened(ports.table, context, 'updateConfig', group);
  if (!isOpen(entry)) return undefined;
  if (await isBegun(ports, context, PUT_BACK, group)) {
    const back = await putUpdateConfigBack(ports, context, entry);
    if (back.status === 'wait') return back;
  }
  return finishSetting(ports, context, group);
}

/**
 * Puts the group's own settings back once its roll has ended in any way. If that is forbidden now, the undo of what an upgrade has left does it
 * (core/protocol/undo.ts). Returns the result of the roll, or waits.
 */
export async function withUpdateConfigBack(
  ports: UnaskedPorts,
  context: StepContext,
  group: string,
  result: StepResult,
): Promise<StepResult> {
  if (result.status === 'wait') return result;
  const entry = await loadUndoEntry(ports.table, context.clusterKey, 'updateConfig', group);
  if (isOpen(entry)) {
    const back = await putUpdateConfigBack(ports, context, entry);
    if (back.status === 'wait') return { ...back, reasons: [...back.reasons, ...result.reasons] };
  }
  const after = isOpen(entry) ? await loadUndoEntry(ports.table, context.clusterKey, 'updateConfig', group) : entry;
  // An upgrade that finishes a version has the same id each time.
  const isOurs =
    after?.data.upgradeId === context.upgrade?.id &&
    (after?.data.recordedAt ?? '') >= (context.upgrade?.startedAt ?? '');
  if (!isOurs || result.status !== 'done') return result;
  return after === undefined ? result : { ...result, reasons: [...result.reasons, rolledWith(after.data)] };
}

/** For people: how it was rolled, and its present settings. */
function rolledWith({ subject, former, ours, closed }: UpdateConfigEntry): Reason {
  const back =
    closed === undefined
      ? `its own settings are put back next: ${settingsText(former)}`
      : closed.how === 'undone'
        ? `its own settings are back: ${settingsText(former)}`
        : 'somebody has set others meanwhile, which stay';
  return reason('UpdateConfig', `${subject} was rolled as the policy says, ${settingsText(ours)}; ${back}.`);
}

/** Done: the group has its own settings again, or others that somebody has given it, or it is gone. */
export async function putUpdateConfigBack(
  ports: UnaskedPorts,
  context: StepContext,
  entry: Read<UpdateConfigEntry>,
): Promise<StepResult> {
  const { subject: group, former } = entry.data;
  // A change that was begun shows only at its end. Until then the group may look unchanged.
  const set = await finishSetting(ports, context, group);
  if (set?.status === 'wait') return set;
  const close = async (how: Restored): Promise<StepResult> => {
    await closeUndoEntries(ports, [entry], how);
    return done(reason('TakenBack', `${group}: ${CLOSED[how]} (${settingsText(former)}).`));
  };
  const prepare = () => prepareBack(ports, context, entry.data, close);
  return actOn(ports, context, PUT_BACK, group, prepare, () => close('undone'));
}

const CLOSED = {
  gone: 'the node group is gone, and with it its update settings',
  undone: 'the node group has its own update settings again',
  notOurs: 'somebody has changed the update settings meanwhile, and they stay so; its own were others',
};

async function prepareBack(
  ports: UnaskedPorts,
  context: StepContext,
  entry: UpdateConfigEntry,
  close: (how: Restored) => Promise<StepResult>,
): ReturnType<Mutation['prepare']> {
  const { name, scope } = context;
  const { subject: nodegroupName } = entry;
  const rests = await readControlPlaneAtRest(ports, context);
  if ('stop' in rests) return rests;
  const group = await unlessGone(() => ports.eks.describeNodegroup(scope, { clusterName: name, nodegroupName }));
  if (group?.status === 'UPDATING') {
    const said = `The node group ${nodegroupName} is UPDATING; its own update settings are put back when that has ended.`;
    const later = new Date(ports.clock.now().getTime() + UPDATING_MILLISECONDS);
    return { stop: parked(later, reason('TakingBack', said)) };
  }
  const next = managedGroups.restore(entry, group && { nodegroup: group, image: 'eks' });
  if ('ended' in next) return { stop: await close(next.ended) };
  const updates = await findUpdatesInFlight(ports, context, { name, nodegroupName });
  const beside = stopBeside(ports, context, `the node group ${nodegroupName}`, updates);
  if (beside !== undefined) return { stop: beside };
  return { call: callFor(next.undo), knownUpdateIds: updates.ids };
}

/** Waits for the end of a change of settings. A call that EKS never got is not sent again: whether it is wanted is decided anew. */
async function finishSetting(
  ports: UnaskedPorts,
  context: StepContext,
  group: string,
): Promise<StepResult | undefined> {
  if (!(await isBegun(ports, context, SET, group))) return undefined;
  return unlessDone(await actOn(ports, context, SET, group, async () => ({ stop: done() })));
}

const WHAT = {
  [SET]: (group: string) => `Update settings of ${group}`,
  [PUT_BACK]: (group: string) => `Own update settings of ${group}`,
};

/** A change that was begun is finished, and Liftlock's own settings are removed, without asking the hooks of a roll. */
function actOn(
  ports: UnaskedPorts,
  context: StepContext,
  step: typeof SET | typeof PUT_BACK,
  subject: string,
  prepare: Mutation['prepare'],
  onSuccess: () => Promise<StepResult> = async () => done(),
): Promise<StepResult> {
  return actUnasked(ports, context, WHAT[step](subject), { step, subject, prepare }, BOUNDS, onSuccess);
}

const unlessDone = (result: StepResult): StepResult | undefined => (result.status === 'done' ? undefined : result);

async function isBegun({ table, clock }: UnaskedPorts, { clusterKey }: StepContext, step: string, group: string) {
  const newest = await loadNewestIntent(table, clusterKey, step, group);
  return intentState(newest?.data, clock.now()).type !== 'none';
}
