import { durationMilliseconds } from '../config/schema/quantities.ts';
import { isNotFound, namedError, unlessGone } from '../contracts/errors.ts';
import type { Intent, Upgrade } from '../contracts/items/protocol.ts';
import type { StepInput } from '../contracts/step-input.ts';
import { blocked, done, failed, parked, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { comparedHopId, hopId, isFinish, isRollback } from '../model/hop.ts';
import { groupsBehind } from '../model/lag.ts';
import { managedGroup, nodeOwner, OTHER_OWNERS } from '../model/node-owner.ts';
import { pollSeconds } from '../model/poll-seconds.ts';
import { showsBudgets } from '../nodes/drain-settings.ts';
import type { WantedImage } from '../nodes/managed-groups/find-image.ts';
import { isOffered } from '../nodes/managed-groups/image-lag.ts';
import { type ManagedGroup, managedGroups } from '../nodes/managed-groups/managed-group.ts';
import { isHookEnd } from '../policy/hook-decision.ts';
import type { Nodegroup } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import { intentsOf, isOfThisTry } from '../protocol/intent-store.ts';
import type { Mutation } from '../protocol/mutate.ts';
import { Images } from '../store/entities.ts';
import { load, type Read } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { type ActPorts, act, beforeChange, failureOf } from './act.ts';
import { findApiServer, isAccessError } from './api-server.ts';
import { afterHooks } from './ask-hooks.ts';
import { type EffectsOf, foreignStop, type StepContext } from './context.ts';
import { upgradePins } from './decide-addon.ts';
import { findUpdatesInFlight, stopBeside } from './foreign-updates.ts';
import { type ImagePorts, launchTemplateVersion } from './launch-template-version.ts';
import { nodeRoom, otherRolls } from './node-room.ts';
import { readControlPlaneAtRest } from './read-control-plane.ts';
import { runStep } from './run-step.ts';
import { silenceOf, withSilenceLifted } from './silence-alarms.ts';
import { endOf, isForced, NOT_EVICTED, stuckRolls } from './stuck-rolls.ts';
import { goOnWithUpdateConfig, setUpdateConfig, withUpdateConfigBack } from './update-config.ts';

const STEP = 'roll-node-group' as const;
/** A new node joins before an old one is drained and terminated, which takes minutes even for one node (facts: eks.md §5.1). */
const BOUNDS = { least: 60, most: 900, first: 240 };
/** A new version of a launch template is looked for again after this time, and no more once the execution is older than this. */
const SHOWN_AFTER_SECONDS = 20;
const SHOWN_WITHIN_MILLISECONDS = 10 * 60_000;

export type RollPorts = ActPorts & ImagePorts & Pick<Ports, 'clusters'>;

/**
 * Rolls one managed node group to the control plane's version, or finds it there. Budgets are kept: `force` is sent only where the policy says so, at
 * the end of its tries (core/steps/stuck-rolls.ts).
 */
export async function rollNodeGroup(ports: RollPorts, stepInput: StepInput): Promise<StepResult> {
  const group = stepInput.nodegroup;
  if (group === undefined)
    throw namedError(
      'InvalidInput',
      'roll-node-group was given no node group: its machine passes one item of list-node-groups.',
    );
  const moment = { step: STEP, part: group };
  const body = async (context: StepContext) => {
    const before = failedBefore(context, group);
    if (before !== undefined) {
      const said = `${group} was not started, because the node group ${before} failed in this attempt.`;
      return blocked(reason('NotStarted', said));
    }
    const begun = await goOnWithUpdateConfig(ports, context, group);
    const result = begun ?? (await rollUnlessDeleted(ports, context, group));
    const back = await withUpdateConfigBack(ports, context, group, result);
    return afterHooks(ports, context, moment, await withSilenceLifted(ports, context, moment, back));
  };
  const effectsOf: EffectsOf = (clusterKey, name) => [...silenceOf(moment)(clusterKey, name), ['updateConfig', group]];
  return runStep(ports, stepInput, 'grant', `${STEP}/${group}`, body, effectsOf);
}

/**
 * Groups are rolled one after the other, for hours, and somebody may delete one that waits. EKS answers "not found" for an update too, so the group
 * itself is asked whether it is gone.
 */
async function rollUnlessDeleted(ports: RollPorts, context: StepContext, group: string): Promise<StepResult> {
  try {
    return await roll(ports, context, group);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const { scope, name: clusterName } = context;
    const there = await unlessGone(() => ports.eks.describeNodegroup(scope, { clusterName, nodegroupName: group }));
    if (there !== undefined) throw error;
    const said = `${group} was deleted since the node groups were listed: nothing of it is to follow.`;
    return done(reason('NoSuchNodegroup', said));
  }
}

async function roll(ports: RollPorts, context: StepContext, group: string): Promise<StepResult> {
  const rolls = await intentsOf(ports.table, context.clusterKey, STEP, group);
  const newest = rolls.at(-1);
  const mutation = { step: STEP, subject: group, prepare: () => prepare(ports, context, group, rolls) };
  const what = `Roll of ${group} to ${context.target}`;
  const onSuccess = (ended: Intent) => arrived(ports, context, group, ended);
  const result = await act(ports, context, what, mutation, BOUNDS, onSuccess, { newest });
  return result.status === 'done'
    ? rolledBefore(ports, context, group, newest?.data, result)
    : orRetried(ports, context, group, result);
}

/**
 * A later look of the same try finds a group at its target that it has rolled: while a hook is asked or settings are put back, and after an invocation
 * that died once the end of the roll was on record. It was rolled all the same.
 */
async function rolledBefore(
  ports: RollPorts,
  context: StepContext,
  group: string,
  newest: Intent | undefined,
  result: StepResult,
): Promise<StepResult> {
  if (result.reasons.some(({ code }) => code === 'Rolled')) return result;
  const { outcome } = newest ?? {};
  const hasRolled = outcome?.type === 'accepted' && outcome.observed?.status === 'Successful';
  if (newest === undefined || !hasRolled || !isOfThisTry(newest, context.upgrade)) return result;
  const there = await arrived(ports, context, group, newest);
  const others = result.reasons.filter(({ code }) => code !== 'AtTarget' && code !== 'CustomAmi');
  return there.status === 'done' ? done(...there.reasons, ...others) : result;
}

/**
 * A roll that EKS ended because pods stayed is repeated as often as the policy says; replaced nodes stay replaced. The upgrade parks meanwhile and
 * leaves the pods' budgets alone. Where its tries are used up and the policy has the next roll sent by force, the upgrade parks for that: it looks again
 * after each pause whether the policy still says so, and when.
 */
async function orRetried(
  ports: RollPorts,
  context: StepContext,
  group: string,
  result: StepResult,
): Promise<StepResult> {
  if (!result.reasons.some(({ code }) => code === NOT_EVICTED)) return result;
  const { spec } = await context.policy();
  const allowed = spec?.nodes?.podEvictionFailure;
  const budgets = `Budgets without room: ${showsBudgets(spec, context.name, context.target)} names them.`;
  const told = reason('PodsStayed', `Pods stayed on nodes of ${group}. ${budgets}`);
  const givenUp = { ...result, reasons: [...result.reasons, told] };
  if (allowed === undefined) return givenUp;
  const { scope, name: clusterName } = context;
  const rolls = await intentsOf(ports.table, context.clusterKey, STEP, group);
  const nodegroup = await ports.eks.describeNodegroup(scope, { clusterName, nodegroupName: group });
  const { stuck, hasTries, forcedFrom } = await stuckRolls(ports, context, rolls, nodegroup, spec);
  if (!hasTries && forcedFrom === undefined) return givenUp;
  const pause = durationMilliseconds(allowed.pause);
  const next = new Date(ports.clock.now().getTime() + pause);
  const rested = Math.max(...stuck.map((one) => endOf(one) + pause));
  const due = forcedFrom && new Date(Math.max(forcedFrom.getTime(), rested));
  const until = hasTries || due === undefined || due > next ? next : due;
  const tries = hasTries
    ? `; it is rolled again from ${until.toISOString()} on (${stuck.length} of ${allowed.retries}).`
    : ', and its tries are used up.';
  const byForce =
    due === undefined
      ? ''
      : ` From ${due.toISOString()} on it is rolled by force, as the policy says: what stays then is deleted after 15 minutes.`;
  const said = `Pods stayed on nodes of ${group}${tries}${byForce} ${budgets}`;
  return parked(until, reason('EvictionRetried', said), ...result.reasons);
}

/**
 * A node group that failed since this attempt began. No other group starts after it. A hook that refuses one group stops the upgrade, even before
 * anything was changed.
 */
function failedBefore({ upgrade, grant }: StepContext, group: string): string | undefined {
  if (grant === undefined) return undefined;
  for (const [other, state] of otherRolls(upgrade, group)) {
    const isOver = state.status === 'failed' || state.reasons.some(isHookEnd);
    if (isOver && (state.endedAt ?? '') >= grant.grantedAt) return other;
  }
  return undefined;
}

async function prepare(
  ports: RollPorts,
  context: StepContext,
  group: string,
  rolls: readonly Read<Intent>[],
): ReturnType<Mutation['prepare']> {
  const { name, target } = context;
  const rests = await readControlPlaneAtRest(ports, context);
  if ('stop' in rests) return rests;
  const { cluster } = rests;
  const current = KubeVersion.parse(cluster.version);
  // Groups also go back after the control plane is back already.
  const isAhead = isRollback(context.upgrade) && current.equals(target.next());
  if (!current.equals(target) && !isAhead) {
    const said = `${name} is at ${cluster.version}; its node groups go there, not to ${target}.`;
    return { stop: blocked(reason('NotTheControlPlanesVersion', said)) };
  }
  const updates = await findUpdatesInFlight(ports, context, { name, nodegroupName: group });
  const beside = stopBeside(ports, context, `the node group ${group}`, updates);
  if (beside !== undefined) return { stop: beside };
  const { spec, unknown } = await context.policy();
  // It is unknown which image and settings the policy names, and that is never taken for none.
  if (unknown.length > 0) return { stop: parked(undefined, ...unknown) };
  const begun = rolls.findLast(({ data }) => isOfThisTry(data, context.upgrade))?.data.call.input.launchTemplate;
  const begunWith = begun as Nodegroup['launchTemplate'];
  const wanted = { nodes: spec?.nodes, release: releaseOf(context, group), ...given({ begunWith }) };
  const observed = await managedGroups.observe(ports, context, group, wanted);
  const unit = await withoutWithdrawn(ports, context, observed);
  let next = await nextMove(ports, context, unit, rolls);
  if (next.type === 'call' && next.call.name === 'CreateLaunchTemplateVersion') {
    const made = await makeTemplateVersion(ports, context, group, next.call.input);
    if ('stop' in made) return made;
    next = await nextMove(
      ports,
      context,
      { ...unit, image: { ...(unit.image as WantedImage), made: made.version } },
      rolls,
    );
  }
  if (next.type === 'others') return { stop: foreignStop(ports, context, next.reason, unit.nodegroup.createdAt) };
  if (next.type === 'call' && (await isOutsidePlan(context, unit))) {
    const { release } = observed;
    const why = `the plan of its rollout names ${release === undefined ? 'no release for it' : `${release}, which AWS has withdrawn`}`;
    const said = `${group} stays at ${target} as it is (${unit.nodegroup.status}): ${why}.`;
    return { stop: done(reason('AtTarget', said)) };
  }
  if (next.type !== 'call') return { stop: next.type === 'done' ? done(next.reason) : blocked(next.reason) };
  const { call } = next;
  if (call.name !== 'UpdateNodegroupVersion')
    throw new Error(`unreachable: ${group} wants ${call.name} before its roll`);
  const { stuck, hasTries, forcedFrom, isForceOpen } = await stuckRolls(ports, context, rolls, unit.nodegroup, spec);
  const now = ports.clock.now();
  const isByForce = forcedFrom !== undefined && forcedFrom <= now;
  // The policy may have changed since it parked, so what follows from used-up tries is decided as if the last roll had only just ended.
  const last = stuck.at(-1);
  if (last !== undefined && !hasTries && !isByForce) return { stop: failed(...(failureOf(last) ?? [])) };
  // A repeat sends the stored request, which the policy may not allow any more: this stop ends that attempt.
  if (isForceOpen && !isByForce) {
    const said = `The roll of ${group} by force was never sent, and the policy does not ask for it any more: it is rolled without.`;
    return { stop: parked(now, reason('EvictionRetried', said)) };
  }
  const room = await nodeRoom(ports, context, group, spec?.disruption);
  if (typeof room === 'object') return { stop: room };
  const { settings } = managedGroups.plan(unit, room);
  const set = await setUpdateConfig(ports, context, unit.nodegroup, settings, updates.ids);
  if (set !== undefined) return { stop: set };
  const force = isByForce ? { force: true as const } : {};
  return {
    call: (clientRequestToken) => ({ name: call.name, input: { ...call.input, ...force, clientRequestToken } }),
    knownUpdateIds: updates.ids,
  };
}

/** What has to happen to a group; on its way back by its nodes too, where EKS does not tell. */
async function nextMove(
  ports: RollPorts,
  context: StepContext,
  unit: ManagedGroup,
  rolls: readonly Read<Intent>[],
): Promise<ReturnType<typeof managedGroups.roll>> {
  const { target, upgrade } = context;
  if (upgrade === undefined || !isRollback(upgrade)) return managedGroups.roll(unit, target);
  const next = managedGroups.takeBack(unit, target);
  const { nodegroupName: group, amiType } = unit.nodegroup;
  const isCustom = amiType === 'CUSTOM';
  if (next.type !== 'done' && !isCustom) return next;
  const newer = await newerNodes(ports, context, group);
  // The check has reported groups that run the newer minor. A group that stayed behind has nothing to go back from, whatever its image is.
  if (isCustom && (newer === 'none' || (newer === 'unread' && unit.image === 'nobody'))) {
    const followed = newer === 'none' && isOfHopBefore(upgrade, rolls);
    if (followed && next.type !== 'blocked') return next;
    const later = followed ? ` Before it has nodes, ${OTHER_OWNERS.customAmi.takenBackBy}.` : '';
    const said =
      newer === 'none'
        ? `No node of ${group}, which runs a custom AMI, is newer than ${target}: it stays as it is.${later}`
        : `${group} runs a custom AMI, and whether its nodes are newer than ${target} could not be read: it stays as it is, and EKS looks at its nodes before the control plane goes back.`;
    return { type: 'done', reason: reason('CustomAmi', said) };
  }
  // For a roll that has failed half-way, EKS reports the version before it.
  if (next.type === 'done' && newer === 'some') return managedGroups.takeBack({ ...unit, isHalfRolled: true }, target);
  return next;
}

/**
 * Whether the hop that a rollback takes back, or its finish, was the last to roll a group: from the beginning of that roll on the group launches the
 * newer image, also where it has no nodes now.
 */
function isOfHopBefore(rollback: Upgrade, rolls: readonly Read<Intent>[]): boolean {
  const last = rolls.findLast(({ data }) => data.outcome?.type === 'accepted')?.data.upgradeId;
  return last === comparedHopId(rollback) || last === hopId(rollback.from, rollback.from);
}

/** Makes the launch template version that a group is rolled with, and gives it once it should be visible. */
async function makeTemplateVersion(
  ports: RollPorts,
  context: StepContext,
  group: string,
  input: Parameters<typeof launchTemplateVersion>[2],
): ReturnType<typeof launchTemplateVersion> {
  // A version of the launch template is the first change of this step.
  const held = await beforeChange(ports, context, { step: STEP, subject: group });
  if (held !== undefined) return { stop: held };
  const made = await launchTemplateVersion(ports, context, input);
  // Nobody lists a version that is not there after this long: EKS says then what is wrong with it.
  const isLong = ports.clock.now().getTime() - context.startedAt.getTime() > SHOWN_WITHIN_MILLISECONDS;
  if ('stop' in made || isLong) return made;
  // EKS asks EC2 for it, which may not know a new version everywhere at once, and would refuse the roll for good
  // (https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html).
  const said = `Version ${made.version} of the launch template ${input.template} was made; ${group} is rolled with it at the next look.`;
  return { stop: wait(SHOWN_AFTER_SECONDS, reason('NotVisibleYet', said)) };
}

/** Whether the API server has nodes of a group that are newer than the target. */
async function newerNodes(ports: RollPorts, context: StepContext, group: string): Promise<'some' | 'none' | 'unread'> {
  const server = findApiServer(context);
  if (server === undefined) return 'unread';
  try {
    const nodes = await ports.clusters.listNodes(server);
    const isNewer = nodes.some(({ labels, kubeletVersion }) => {
      const version = KubeVersion.tryParse(kubeletVersion);
      return managedGroup(nodeOwner(labels)) === group && version !== undefined && context.target.isOlderThan(version);
    });
    return isNewer ? 'some' : 'none';
  } catch (error) {
    if (!isAccessError(error)) throw error;
    return 'unread';
  }
}

/** A patch replaces the nodes that its plan names, and a DEGRADED group at its minor only if some of its nodes lag. */
async function isOutsidePlan(context: StepContext, unit: ManagedGroup) {
  const { upgrade, target } = context;
  const { nodegroup, nodes, release } = unit;
  if (upgrade === undefined || !isFinish(upgrade) || upgradePins(context) === undefined) return false;
  const wereItWell = managedGroups.roll({ ...unit, nodegroup: { ...nodegroup, status: 'ACTIVE' } }, target);
  if (release !== undefined || wereItWell.type !== 'done') return false;
  return !groupsBehind(await context.record(), { nodes }).includes(nodegroup.nodegroupName);
}

const releaseOf = ({ upgrade }: StepContext, group: string): string | undefined => upgrade?.releases?.[group];

/** AWS may have withdrawn the release since it was pinned: EKS then chooses one in a hop, and inside its minor the group stays as it is. */
async function withoutWithdrawn(ports: RollPorts, context: StepContext, unit: ManagedGroup): Promise<ManagedGroup> {
  if (unit.release === undefined) return unit;
  const images = await load(ports.table, Images, context.scope.region);
  const isThere = isOffered(unit.release, images?.data, context.target.toString(), unit.nodegroup.amiType);
  return isThere ? unit : { ...unit, release: undefined };
}

async function arrived(ports: RollPorts, context: StepContext, group: string, ended: Intent): Promise<StepResult> {
  const { scope, name, target, startedAt } = context;
  const nodegroup = await ports.eks.describeNodegroup(scope, { clusterName: name, nodegroupName: group });
  const release = ended.call.input.releaseVersion as string | undefined;
  const there = managedGroups.arrived({ nodegroup, image: 'eks', release }, target);
  const byForce = `${group} was rolled by force, as the policy says: pods that no budget let go within 15 minutes were deleted.`;
  if (there !== undefined) return done(there, ...(isForced(ended) ? [reason('RolledByForce', byForce)] : []));
  const said = `The roll of ${group} succeeded; DescribeNodegroup still says ${nodegroup.version ?? 'no version'}.`;
  return wait(pollSeconds(startedAt, ports.clock.now(), BOUNDS), reason('NotVisibleYet', said));
}
