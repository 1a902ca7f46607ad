import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Rollout } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { hopId, hopTo, isFinish, isRollback } from '../model/hop.ts';
import { isSame } from '../model/is-same.ts';
import { some } from '../model/words.ts';
import { isOfComponent } from '../policy/hook-decision.ts';
import type { Table } from '../ports/table.ts';
import { Rollouts, Upgrades } from '../store/entities.ts';
import { batched, load } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import type { Asker } from './authority.ts';
import { isHalfDone, isWatched, wellSince } from './hop-before.ts';

/**
 * The upgrade to a version, or the upgrade that finishes that version, while it is not whole. `left` is returned only where the control plane is at
 * the version already (`isThere`): the upgrade has changed the cluster, and only a person goes on with it. A failed upgrade has ended, so anybody may
 * take it up. One that waits in a rollout that was not aborted belongs to that rollout; before the control plane has moved it does so only if it has
 * changed the cluster.
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
 * The reasons of an upgrade that its rollout's abort left half-way. They replace what parked it: no rollout goes on with it, so what it waited for (a
 * bake, a window) moves nothing any more. Undefined for any other upgrade.
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

/** Whether the upgrade has changed its cluster and failed, and nothing has finished it since then (`finish`: the upgrade that would). */
export function hasFailedHalfWay({ mutated, status, endedAt = '' }: Upgrade, finish: Upgrade | undefined): boolean {
  const whole = finish && lastWhole(finish);
  return mutated && status === 'Failed' && !(whole !== undefined && whole >= endedAt);
}

/** When the upgrade, or an earlier one with its id that finished the same version, has last succeeded. */
const lastWhole = ({ status, endedAt, wholeBefore }: Upgrade): string | undefined =>
  status === 'Succeeded' ? endedAt : wholeBefore;

const NO_WAY_BACK: readonly Reason['code'][] = ['TooLate', 'TakenBackOnce', 'VersionUnsupported', 'NotObserved'];

/** Whether the rollback has ended for good: nothing that a person does opens the way back of the same hop again. */
export const isWayBackOver = ({ reasons }: { readonly reasons: readonly Pick<Reason, 'code'>[] }): boolean =>
  reasons.some(({ code }) => NO_WAY_BACK.includes(code));

/** Whether a rollback has taken the control plane back: only its checks are left, and their result changes nothing about that. */
export const hasGoneBack = (upgrade: Upgrade): boolean =>
  isRollback(upgrade) && upgrade.steps['rollback-control-plane']?.status === 'done';

/** Whether a person only has to let the cluster go, which nothing refuses: the rollback has nothing to move any more. */
export const isOnlyReleased = (upgrade: Upgrade | undefined): boolean =>
  upgrade !== undefined && (hasGoneBack(upgrade) || isWayBackOver(upgrade));

/**
 * What a person does about an upgrade that was left half-way; the text follows "Somebody". `known`: the version to name where the upgrade is not
 * known.
 */
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
  // Whoever lets the support type be set does so for one request alone.
  const consent = upgrade?.extendSupport === true ? ' --extend-support' : '';
  if (upgrade !== undefined && isRollback(upgrade))
    return isWayBackOver(upgrade)
      ? `runs: liftlock release cluster ${name}. It is taken back no more. How what had gone back by then follows its control plane then says: liftlock explain cluster ${name}`
      : `runs: liftlock rollback cluster ${name}${consent} --approve, which goes on with it; or at any time liftlock release cluster ${name}, which gives it up and leaves what has gone back as it is`;
  if (machine !== 'upgrade-cluster') return `starts the state machine ${machine} by hand once more.`;
  // Somebody has taken the control plane further, so no hop leads to the version of this upgrade. What is left are the machines that follow the
  // control plane, each by itself.
  if (isLeftBehind({ version }, upgrade))
    return `starts the state machines roll-node-group and update-addons by hand (aws stepfunctions start-execution) with {"cluster": "${arn}", "targetVersion": "${version}"}.`;
  return `runs: liftlock upgrade cluster ${name} --to ${to} --approve`;
}

/**
 * How an upgrade is tried again that a step has ended without success: its rollout tries it again where it has one; otherwise the person asks for it
 * anew. `holds`: that end has put a hold on the cluster.
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

/** Whether somebody has taken the control plane past the version that the upgrade led to. */
const isLeftBehind = ({ version }: Pick<ClusterRecord, 'version'>, upgrade: Upgrade | undefined): boolean =>
  upgrade?.machine === 'upgrade-cluster' && KubeVersion.parse(upgrade.to).isOlderThan(KubeVersion.parse(version));

/** Whether somebody has taken the control plane to the version of an upgrade of which nothing is half done: no command leads there any more. */
function isThereAnyway({ version }: Pick<ClusterRecord, 'version'>, upgrade: Upgrade | undefined, known?: string) {
  if (upgrade === undefined) return known === version;
  const { machine, to, status } = upgrade;
  return machine === 'upgrade-cluster' && to === version && (status === 'RolledBack' || status === 'Blocked');
}

/**
 * `wayToFinish` while the cluster is held and no rollout would try the upgrade again. `byRollout`: a rollout of the policy that selects the cluster
 * now begins what has changed nothing yet.
 */
export function wayOutOfHold(
  cluster: ClusterRecord,
  upgrade: Upgrade | undefined,
  { byRollout = false, known }: { readonly byRollout?: boolean; readonly known?: string | undefined } = {},
): string {
  // A hold does not stop a rollback.
  if (isRollback(upgrade)) return wayToFinish(cluster, upgrade);
  const release = `runs: liftlock release cluster ${cluster.name}`;
  // Who goes on (the policy, a rollout that is under way, another one or a person) is decided only when the hold is off.
  const isByOthers = isLeftBehind(cluster, upgrade) || isThereAnyway(cluster, upgrade, known);
  if (isByOthers || (byRollout && upgrade?.mutated !== true))
    return `${release}. Who goes on with it then says: liftlock explain cluster ${cluster.name}`;
  return `${release}, and then ${wayToFinish(cluster, upgrade, known)}`;
}

/**
 * The releases and versions for a person who finishes a failed upgrade by hand: the same that it was to go to. An upgrade that has succeeded is whole
 * and pins nothing.
 */
export const pinnedBefore = (ended: Upgrade | undefined): Pick<Upgrade, 'releases' | 'addons'> =>
  ended === undefined || ended.status === 'Succeeded' ? {} : given({ releases: ended.releases, addons: ended.addons });

/**
 * What a new attempt keeps of the earlier one with the same id, whoever asks for it. Of a finish that has succeeded it keeps only when that was: a
 * group that is behind again is another matter, and the hop that was finished stays so. Of a rollback it keeps what nobody has brought up again since.
 */
export async function keptBefore(table: Pick<Table, 'get'>, attempt: Upgrade | undefined) {
  if (attempt !== undefined && isRollback(attempt)) return keptOfRollback(table, attempt);
  if (attempt === undefined || !isFinish(attempt)) return keptOf(attempt);
  const kept = keptOf(attempt.status === 'Succeeded' ? undefined : attempt);
  return { ...kept, ...given({ wholeBefore: lastWhole(attempt) }) };
}

/** Whether somebody gave up the upgrade before its execution could ask for a grant: the same execution does not begin it again. */
export const isGivenUpFor = (asker: Asker | undefined, upgrade: Upgrade | undefined): boolean =>
  asker !== undefined &&
  upgrade?.execution === asker.arn &&
  (upgrade.status === 'Canceled' || upgrade.reasons[0]?.code === 'RollbackGivenUp');

/**
 * What the next attempt keeps of an attempt that has ended. It keeps that the cluster was changed, so that failing now is a failure (semantics.md,
 * Failure budget); the baseline, so that what the earlier attempt broke does not pass for normal; and the time of the change, from which the seven
 * days of a rollback count.
 */
function keptOf(attempt: Upgrade | undefined) {
  // After an upgrade that was taken back, the next attempt keeps only the time at which the control plane had arrived.
  const wasTakenBack = attempt?.status === 'RolledBack';
  const ended = wasTakenBack ? undefined : attempt;
  const reachedBefore = (wasTakenBack ? attempt.controlPlaneCompletedAt : undefined) ?? attempt?.reachedBefore;
  const { mutated = false, steps, controlPlaneCompletedAt, reversibleFrom, startedAt, hooks = {} } = ended ?? {};
  // A retry does not pass the answer of a person who has stopped a component.
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

/** `keptOf` for a rollback: it keeps nothing unless the rollback has failed, and nothing where what it had taken back was brought up again since. */
async function keptOfRollback(table: Pick<Table, 'get'>, attempt: Upgrade) {
  if (attempt.status !== 'Failed') return keptOf(undefined);
  const { clusterKey, from, to, endedAt = '' } = attempt;
  const ids = [hopId(to, from), hopId(from, from)];
  const hops = await Promise.all(ids.map((id) => load(table, Upgrades, clusterKey, id)));
  const isUpAgain = hops.some((hop) => hop !== undefined && (wholeSince(hop.data) ?? '') > endedAt);
  return keptOf(isUpAgain ? undefined : attempt);
}

/** When the hop was last found whole, with everything where it should be; undefined where it is not whole. */
const wholeSince = (hop: Upgrade): string | undefined =>
  (isWatched(hop) ? wellSince(hop) : undefined) ?? lastWhole(hop);

/** What an abort leaves of those members that had begun, in a sentence; undefined where none had. */
export function leftOpenText(members: readonly Pick<Member, 'name' | 'inFlight'>[]): string | undefined {
  const begun = members.filter(({ inFlight }) => inFlight).map(({ name }) => name);
  if (begun.length === 0) return undefined;
  return `${some(begun, 5)} had begun. What EKS works on there runs to its end, and nothing else of the upgrade goes on: liftlock explain cluster ${begun[0]}`;
}
