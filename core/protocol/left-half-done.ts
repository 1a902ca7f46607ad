import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Rollout } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { hopId, hopTo, isFinish, isRollback } from '../model/hop.ts';
import { isSame } from '../model/is-same.ts';
import { isOfComponent } from '../policy/hook-decision.ts';
import type { Table } from '../ports/table.ts';
import { Rollouts, Upgrades } from '../store/entities.ts';
import { batched, load } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import type { Asker } from './authority.ts';
import { isHalfDone, isWatched, wellSince } from './hop-before.ts';

/**
 * The upgrade to a version, or the one that finishes it, where it is not at its end. `left`, where the control plane is there already (`isThere`): it has changed the cluster,
 * and nobody goes on with it but a person. One that failed has ended, and is anybody's; one that waits in a rollout that was not aborted is the
 * rollout's, before the control plane has moved only if it has changed the cluster.
 */
export async function findHopInHand(
  table: Pick<Table, 'get' | 'getAll'>,
  clusterKey: string,
  version: KubeVersion,
  isThere: boolean,
): Promise<{ readonly left?: Upgrade; readonly underWay?: Upgrade }> {
  const reader = batched(table);
  const [hop, finish] = await Promise.all([
    load(reader, Upgrades, clusterKey, hopTo(version)),
    load(reader, Upgrades, clusterKey, hopId(version, version)),
  ]);
  const finishing = isThere ? await inHand(table, finish?.data, isThere) : {};
  return isSame(finishing, {}) ? inHand(table, hop?.data, isThere, finish?.data) : finishing;
}

async function inHand(
  table: Pick<Table, 'get'>,
  upgrade: Upgrade | undefined,
  isThere: boolean,
  finish?: Upgrade,
): ReturnType<typeof findHopInHand> {
  if (upgrade === undefined) return {};
  const { status, rolloutId } = upgrade;
  if (isThere && hasFailedHalfWay(upgrade, finish)) return { left: upgrade };
  if (!Upgrades.active(upgrade)) return {};
  const rollout = rolloutId === undefined ? undefined : await load(table, Rollouts, rolloutId);
  const isAborted = rollout?.data.status === 'Aborted';
  const isOfRollout = rolloutId !== undefined && !isAborted;
  if (!isThere) return upgrade.mutated && status === 'Parked' && isOfRollout ? { underWay: upgrade } : {};
  if (status !== 'Running' && isHalfDone(upgrade) && (rolloutId === undefined || isAborted)) return { left: upgrade };
  return status !== 'Running' && isAborted ? {} : { underWay: upgrade };
}

/** An upgrade, or a member that stands for it. */
type Begun = Pick<Upgrade, 'mutated' | 'from' | 'to' | 'reasons'> & {
  readonly status: Upgrade['status'] | Member['status'];
};

/**
 * What is true of an upgrade that its rollout's abort left half-way, in place of what parked it: no rollout goes on with it, and what it waited
 * for (a bake, a window) moves nothing any more. Undefined of any other.
 */
export function leftByAbort(begun: Begun, rollout: Rollout | undefined): Reason[] | undefined {
  if (rollout?.status !== 'Aborted' || begun.status !== 'Parked' || !begun.mutated) return undefined;
  const isMoved = begun.reasons[0]?.code === 'Watching';
  const stays = isMoved
    ? 'has moved all that it moves, and was to be compared with before once more: it stays open until a person acts'
    : 'is half done and stays so until a person acts';
  const text = `The rollout ${rollout.id} was aborted. The upgrade from ${begun.from} to ${begun.to} ${stays}.`;
  return [reason('RolloutAborted', text), ...rollout.reasons];
}

/** Whether it has changed its cluster and has ended without success, and nothing has finished it since (`finish`: the upgrade that does). */
export const hasFailedHalfWay = ({ mutated, status, endedAt = '' }: Upgrade, finish: Upgrade | undefined): boolean =>
  mutated && status === 'Failed' && !(finish?.status === 'Succeeded' && (finish.endedAt ?? '') >= endedAt);

/** Nothing that a person does opens the way back of the same hop again. */
const isOver = (rollback: Upgrade | undefined): boolean =>
  rollback?.reasons.some(({ code }) => code === 'TooLate' || code === 'TakenBackOnce') === true;

/** Whether a rollback has taken the control plane back: only its checks are left, whatever they say. */
export const hasGoneBack = (upgrade: Upgrade): boolean =>
  isRollback(upgrade) && upgrade.steps['rollback-control-plane']?.status === 'done';

/** What a person does about what an upgrade has left, after "Somebody". `known`: where it was to go, of an upgrade that nobody knows. */
export function wayToFinish(
  { name, arn, version }: ClusterRecord,
  upgrade: Upgrade | undefined,
  known = 'VERSION',
): string {
  const { machine = 'upgrade-cluster', to = known } = upgrade ?? {};
  if (machine === 'drain-nodes')
    return `runs: liftlock drain nodegroup ${upgrade?.input?.nodegroup} --cluster ${name} --approve.`;
  if (upgrade !== undefined && hasGoneBack(upgrade))
    return `runs: liftlock release cluster ${name}. It is back at ${to}; once what failed is mended, liftlock rollback cluster ${name} --approve checks it once more, and moves nothing`;
  if (isRollback(upgrade))
    return isOver(upgrade)
      ? `runs: liftlock release cluster ${name}. EKS takes it back no more. How what had gone back by then follows its control plane then says: liftlock explain cluster ${name}`
      : `runs: liftlock rollback cluster ${name} --approve`;
  if (machine !== 'upgrade-cluster') return `starts the state machine ${machine} by hand once more.`;
  // Somebody has taken the control plane further: no hop leads there, and what is left are the machines that follow it, each by itself.
  if (isLeftBehind({ version }, upgrade))
    return `starts the state machines roll-node-group and update-addons by hand (aws stepfunctions start-execution) with {"cluster": "${arn}", "targetVersion": "${version}"}.`;
  return `runs: liftlock upgrade cluster ${name} --to ${to} --approve`;
}

/**
 * What has an upgrade tried again that a step has ended without success: its rollout, where it is of one, else whoever asked for it does so anew. `holds`: its
 * cluster is held by that end.
 */
export function wayToTryAgain(
  name: string,
  upgrade: Pick<Upgrade, 'rolloutId' | 'machine' | 'to'> | undefined,
  holds: boolean,
): string {
  if (upgrade === undefined) return `liftlock explain cluster ${name}`;
  const { rolloutId, machine, to } = upgrade;
  if (rolloutId !== undefined) return `liftlock retry cluster ${name}`;
  const anew =
    machine === 'upgrade-cluster'
      ? `liftlock upgrade cluster ${name} --to ${to} --approve`
      : `start the state machine ${machine} once more`;
  return holds ? `liftlock release cluster ${name}, and then ${anew}` : anew;
}

/** Whether somebody has taken the control plane past the version that it led to. */
const isLeftBehind = ({ version }: Pick<ClusterRecord, 'version'>, upgrade: Upgrade | undefined): boolean =>
  upgrade?.machine === 'upgrade-cluster' && KubeVersion.parse(upgrade.to).isOlderThan(KubeVersion.parse(version));

/** The same while the cluster is held and no rollout would try it again. `byRollout`: what has changed nothing yet a rollout of the policy that selects it now begins. */
export function wayOutOfHold(
  cluster: ClusterRecord,
  upgrade: Upgrade | undefined,
  { byRollout = false, known }: { readonly byRollout?: boolean; readonly known?: string | undefined } = {},
): string {
  // A hold is in the way of no rollback.
  if (isRollback(upgrade)) return wayToFinish(cluster, upgrade);
  const release = `runs: liftlock release cluster ${cluster.name}`;
  // Whether its policy, a rollout that is under way, another one or a person goes on is decided once the hold is off.
  if (isLeftBehind(cluster, upgrade) || (byRollout && upgrade?.mutated !== true))
    return `${release}. Who goes on with it then says: liftlock explain cluster ${cluster.name}`;
  return `${release}, and then ${wayToFinish(cluster, upgrade, known)}`;
}

/** The releases and versions to which whoever finishes by hand what has failed goes: those to which it was to go. What was finished once is whole. */
export const pinnedBefore = (ended: Upgrade | undefined): Pick<Upgrade, 'releases' | 'addons'> =>
  ended === undefined || ended.status === 'Succeeded' ? {} : given({ releases: ended.releases, addons: ended.addons });

/**
 * What an attempt that begins anew keeps of the one before it under its id, whoever asks for it: nothing of what was finished once, a group that is
 * behind again is another matter; and of a rollback what has not been brought up again since.
 */
export async function keptBefore(table: Pick<Table, 'get'>, attempt: Upgrade | undefined) {
  if (attempt !== undefined && isRollback(attempt)) return keptOfRollback(table, attempt);
  const isWhole = attempt?.status === 'Succeeded' && isFinish(attempt);
  return keptOf(isWhole ? undefined : attempt);
}

/** Whether somebody has given it up before its execution could ask: that is not begun over by the same execution. */
export const isGivenUpFor = (asker: Asker | undefined, upgrade: Upgrade | undefined): boolean =>
  asker !== undefined &&
  upgrade?.execution === asker.arn &&
  (upgrade.status === 'Canceled' || upgrade.reasons[0]?.code === 'RollbackGivenUp');

/**
 * What the next attempt keeps of one that has ended. What it changed stays changed, so failing now is a failure (semantics.md, Failure budget);
 * what it broke must not pass for normal; and the seven days of a rollback count from the change.
 */
function keptOf(attempt: Upgrade | undefined) {
  // Of one that was taken back the next attempt keeps only when it had arrived.
  const wasTakenBack = attempt?.status === 'RolledBack';
  const ended = wasTakenBack ? undefined : attempt;
  const reachedBefore = (wasTakenBack ? attempt.controlPlaneCompletedAt : undefined) ?? attempt?.reachedBefore;
  const { mutated = false, steps, controlPlaneCompletedAt, reversibleFrom, startedAt, hooks = {} } = ended ?? {};
  // Whoever has said stop to what was moved is not passed by a retry.
  const ofComponents = Object.entries(hooks).filter(([key]) => isOfComponent(key));
  const firstStartedAt = mutated ? (ended?.firstStartedAt ?? startedAt) : undefined;
  const baseline = mutated ? steps?.['scan-cluster'] : undefined;
  return {
    mutated,
    ...(mutated ? { noChangeYet: true as const } : {}),
    ...(ofComponents.length === 0 ? {} : { hooks: Object.fromEntries(ofComponents) }),
    steps: baseline === undefined ? {} : { 'scan-cluster': baseline },
    ...given({ controlPlaneCompletedAt, reversibleFrom, firstStartedAt, reachedBefore }),
  };
}

/** The same of a rollback: nothing where that has come to its end, or where what it had taken back by then was brought up again since. */
async function keptOfRollback(table: Pick<Table, 'get'>, attempt: Upgrade) {
  if (attempt.status !== 'Failed') return keptOf(undefined);
  const { clusterKey, from, to, endedAt = '' } = attempt;
  const ids = [hopId(to, from), hopId(from, from)];
  const hops = await Promise.all(ids.map((id) => load(table, Upgrades, clusterKey, id)));
  const isUpAgain = hops.some((hop) => hop !== undefined && (wholeSince(hop.data) ?? '') > endedAt);
  return keptOf(isUpAgain ? undefined : attempt);
}

/** When all of it was last found where it should be; undefined where it was not. */
const wholeSince = (hop: Upgrade): string | undefined =>
  hop.status === 'Succeeded' ? hop.endedAt : isWatched(hop) ? wellSince(hop) : undefined;
