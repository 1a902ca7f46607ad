import type { ClusterControl, ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { AT_REST, type Rollout, type Wave } from '../contracts/items/rollout.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { bounded, type Reason, reason } from '../contracts/step-result.ts';
import { clusterNameOf } from '../model/cluster-key.ts';
import { given } from '../model/given.ts';
import { hopId, hopTo, isRollback, rollbackId } from '../model/hop.ts';
import type { Table, WriteOperation } from '../ports/table.ts';
import { ClusterControls, isMember, loadWaves, Members, Rollouts, Upgrades, Waves } from '../store/entities.ts';
import { load, type Read, replace } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { GRANTING_WAVES } from './granting-waves.ts';
import { loadNewestIntent } from './intent-store.ts';
import { rollbackEnd, wayBackFrom } from './rollback-view.ts';
import { heldAfter, rolloutEnd, takenBackReason, waveWithout, withoutPlace } from './settle-decision.ts';

type Asked = Pick<Upgrade, 'clusterKey' | 'from' | 'to'> & { readonly upgradeId: string };

/**
 * Holds the cluster from the moment that its rollback is asked for: a hop that runs parks at its next change and gives its grant back, and no other
 * hop begins. An earlier hold stays.
 */
export function heldForRollback(control: ClusterControl | undefined, asked: Asked, now: string): ClusterControl {
  const { clusterKey, upgradeId, from, to } = asked;
  const said = `It is being taken back from ${from} to ${to}. Where that stands: liftlock explain cluster ${clusterNameOf(clusterKey)}`;
  const held = { reason: reason('RollingBack', said), since: now, upgradeId };
  return { ...control, clusterKey, held: control?.held ?? held };
}

/** The writes when a cluster is asked to go back: its hold, and a note in the wave of its hop. */
export async function askedBack(table: Pick<Table, 'get'>, asked: Asked, now: Date): Promise<WriteOperation[]> {
  const { clusterKey } = asked;
  const [control, wave] = await Promise.all([load(table, ClusterControls, clusterKey), waveOfHop(table, asked)]);
  return [
    replace(ClusterControls, control, heldForRollback(control?.data, asked, now.toISOString())),
    ...(wave === undefined ? [] : [replace(Waves, wave, waveGoingBack(wave.data, clusterKey))]),
  ];
}

/** Takes away a hold that is there for this rollback alone; an earlier hold stays. */
export function withoutHoldOf(control: ClusterControl, upgradeId: string): ClusterControl {
  const { held, ...free } = control;
  return held?.reason.code === 'RollingBack' && held.upgradeId === upgradeId ? free : control;
}

/**
 * The hop that has told EKS to move the control plane up from this minor, or may have told it, where nobody has seen the end of that. Its step says so
 * on record only afterwards.
 */
export async function findHopUp(
  table: Pick<Table, 'get' | 'queryPartition'>,
  { clusterKey, status, lastSeenAt }: ClusterRecord,
  from: KubeVersion,
): Promise<Upgrade | undefined> {
  const hop = (await load(table, Upgrades, clusterKey, hopId(from, from.next())))?.data;
  const newest = await loadNewestIntent(table, clusterKey, 'upgrade-control-plane', 'cluster');
  if (hop === undefined || newest?.data.upgradeId !== hop.id) return undefined;
  const { outcome, committedAt } = newest.data;
  const isOpen = outcome === undefined || (outcome.type === 'accepted' && outcome.observed === undefined);
  // A hop that waits, or was stopped, may not look for that end for long. A later look at the cluster tells whether EKS still works there.
  const mayMove = hop.status === 'Running' || status === 'UPDATING' || lastSeenAt <= committedAt;
  return isOpen && mayMove ? hop : undefined;
}

/** Whether this rollback has told EKS to take the control plane back, or may have told it, and EKS was not seen to fail at it. */
export async function isOnItsWayBack(
  table: Pick<Table, 'queryPartition'>,
  { clusterKey, id, mutated, startedAt = '' }: Upgrade,
): Promise<boolean> {
  if (!mutated) return false;
  const newest = await loadNewestIntent(table, clusterKey, 'rollback-control-plane', 'cluster');
  const { upgradeId, committedAt = '', outcome } = newest?.data ?? {};
  const isIts = upgradeId === id && committedAt >= startedAt;
  if (!isIts || outcome === undefined) return isIts;
  return outcome.type === 'accepted' && [undefined, 'Successful'].includes(outcome.observed?.status);
}

/** What the end of a rollback makes of the hop that it has taken back. */
interface TakenBack {
  readonly writes: readonly WriteOperation[];
  /** The upgrades that end with the rollback; none where Liftlock had made no hop of it. */
  readonly hops: readonly Upgrade[];
  readonly waves: readonly { readonly before: Wave; readonly after: Wave }[];
}

/**
 * The hop becomes RolledBack, also where it had succeeded. Its wave counts it as a failure, and nothing takes the cluster to that version again
 * before a person says so (protocol.md, States). The upgrade that was to finish nodes and add-ons at that version ends likewise. All of this is
 * written in the transaction that ends the rollback.
 */
export async function takeHopBack(
  table: Pick<Table, 'get' | 'queryPartition'>,
  { clusterKey, from, to, reasons: why }: Pick<Upgrade, 'clusterKey' | 'from' | 'to' | 'reasons'>,
  now: Date,
  byOthers = false,
): Promise<TakenBack & { readonly hold: NonNullable<ClusterControl['held']> }> {
  const id = hopId(to, from);
  const { message: said } = takenBackReason(from, to, byOthers);
  const left = KubeVersion.parse(from);
  const [hop, finish, next] = await Promise.all(
    [id, hopId(from, from), hopTo(left.next())].map((one) => load(table, Upgrades, clusterKey, one)),
  );
  const told = rolledBackReason(said, hop?.data);
  // A hop that Liftlock had not changed is no failure, whoever had moved the control plane (semantics.md, Failure budget).
  const ofUntouched = hop?.data.mutated === false ? ('Blocked' as const) : undefined;
  const ended = { reason: heldAfter(told, from), since: now.toISOString(), upgradeId: id };
  const hold = ofUntouched === undefined ? { ...ended, mutated: true } : ended;
  const waits = [finish, next].map((one) => (one !== undefined && Upgrades.active(one.data) ? one : undefined));
  const own = hop !== undefined && isOfLiftlock(hop.data) ? hop : undefined;
  const each = [own, waits[0]].filter((one) => one !== undefined);
  // A member that both upgrades share is written once.
  const isOfHop = ({ data }: Read<Upgrade>): boolean => data !== own?.data && data.rolloutId === own?.data.rolloutId;
  const taken = await Promise.all(
    each.map((one) =>
      rolledBack(table, one, {
        ...{ reasons: [rolledBackReason(said, one.data), ...why], now, isCounted: !isOfHop(one) },
        status: one === own ? ofUntouched : undefined,
      }),
    ),
  );
  const [writes, hops, waves] = [
    taken.flatMap((one) => one.writes),
    taken.flatMap((one) => one.hops),
    taken.flatMap((one) => one.waves),
  ];
  // Nobody goes on with a next hop that began at the version which is left: it would stay half done for ever, so it is canceled.
  if (waits[1] !== undefined) {
    const end = { resumeAt: undefined, endedAt: now.toISOString() };
    const canceled: Upgrade = { ...waits[1].data, ...end, status: 'Canceled', reasons: [reason('RolledBack', said)] };
    hops.push(canceled);
    writes.push(replace(Upgrades, waits[1], canceled));
  }
  return { hold, writes, hops, waves };
}

/**
 * `takeHopBack` for a control plane that somebody took back past Liftlock. Where others had moved it up, there is no hop of Liftlock to end, and only
 * the hold is returned.
 */
export async function foundTakenBack(
  table: Pick<Table, 'get' | 'queryPartition'>,
  at: Pick<Upgrade, 'clusterKey' | 'from' | 'to'>,
  hop: Upgrade | undefined,
  now: Date,
): ReturnType<typeof takeHopBack> {
  if (hop !== undefined && isOfLiftlock(hop)) return takeHopBack(table, { ...at, reasons: [] }, now, true);
  const reason = heldAfter(takenBackReason(at.from, at.to, true), at.from);
  const hold = { reason, since: now.toISOString(), upgradeId: hopId(at.to, at.from) };
  return { writes: [], hops: [], waves: [], hold };
}

/** Whether the hop that was taken back has to do with Liftlock: another one had ended unchanged before somebody else moved the control plane. */
const isOfLiftlock = ({ mutated, status }: Upgrade): boolean =>
  mutated || !(status === 'Blocked' || status === 'Canceled');

/**
 * Most views show one reason alone, so it also says why the hop had failed. Where the end of the rollback is written a second time, the first reason
 * stays.
 */
function rolledBackReason(said: string, hop?: Upgrade): Reason {
  const [first] = hop?.reasons ?? [];
  if (hop?.status === 'RolledBack' && first !== undefined) return first;
  const failed = hop?.status === 'Failed' ? hop.reasons.map(({ message }) => message).join(' ') : '';
  const told = reason('RolledBack', failed === '' ? said : `${said} The hop had failed: ${failed}`);
  return bounded([told])[0] ?? told;
}

interface Ending {
  readonly reasons: readonly Reason[];
  readonly now: Date;
  readonly isCounted: boolean;
  readonly status: 'Blocked' | undefined;
}

async function rolledBack(
  table: Pick<Table, 'get' | 'queryPartition'>,
  read: Read<Upgrade>,
  { reasons, now, isCounted, status }: Ending,
): Promise<TakenBack> {
  const { resumeAt: _, ...rest } = read.data;
  const hop: Upgrade = { ...rest, status: status ?? 'RolledBack', reasons: [...reasons], endedAt: now.toISOString() };
  const writes = [replace(Upgrades, read, hop)];
  const { clusterKey, rolloutId, waveIndex } = hop;
  if (!isCounted || rolloutId === undefined || waveIndex === undefined) return { writes, hops: [hop], waves: [] };
  const [member, wave, rollout, waves] = await Promise.all([
    load(table, Members, rolloutId, waveIndex, clusterKey),
    load(table, Waves, rolloutId, waveIndex),
    load(table, Rollouts, rolloutId),
    loadWaves(table, rolloutId),
  ]);
  if (member === undefined || !isMember(member.data) || wave === undefined) return { writes, hops: [hop], waves: [] };
  const failed = {
    ...withoutPlace(member.data, status ?? 'Failed', reasons.slice(0, 1)),
    from: hop.from,
    resumeAt: undefined,
  };
  const counted = waveWithout(wave.data, member.data, failed, now);
  const after = waveLeftBy(counted, { clusterKey, status: 'Succeeded', mutated: true });
  writes.push(replace(Members, member, failed), replace(Waves, wave, after));
  // A rollout that has ended changes how it ended, since one cluster less has succeeded.
  if (rollout !== undefined && ENDED.includes(rollout.data.status)) {
    const end = rolloutEnd(waves.map(({ data }) => (data.index === waveIndex ? after : data)));
    writes.push(replace(Rollouts, rollout, { ...rollout.data, ...end }));
  }
  return { writes, hops: [hop], waves: [{ before: wave.data, after }] };
}

const ENDED: readonly Rollout['status'][] = ['Completed', 'CompletedWithFailures'];

/** This many clusters of one rollout go back by themselves; then the wave halts, and a person looks (protocol.md, States). */
const MOST_BY_ITSELF = 2;

/**
 * The rollback that begins by itself after a hop that has left its cluster worse, with its wave, which halts with the last rollback that the budget
 * allows. `refused`: the budget is used up already.
 *
 * @param waves all waves of the rollout; the hop's own wave as the end of the hop leaves it
 */
export function beginRollback(
  hop: Upgrade,
  wave: Wave,
  waves: readonly Wave[],
  worse: readonly Reason[],
  now: Date,
): { readonly upgrade: Upgrade; readonly wave: Wave } | { readonly refused: Reason } {
  const { clusterKey, from, to } = hop;
  const begun = automaticRollbacksOf(waves);
  if (begun >= MOST_BY_ITSELF) {
    const said = `${begun} clusters of the rollout ${wave.rolloutId} go back by themselves or have done so, and no more do: a person decides about this one: liftlock rollback cluster ${clusterNameOf(clusterKey)}`;
    return { refused: reason('RollbackBudget', said) };
  }
  const since = wayBackFrom(hop);
  const because = `It is worse at ${to} than it was at ${from}, and its policy has it taken back (rollback.automatic).`;
  const upgrade: Upgrade = {
    ...{ clusterKey, id: rollbackId(to, from), machine: 'rollback-cluster', from: to, to: from },
    ...{ status: 'Pending', mutated: false, steps: {}, requestedBy: LIFTLOCK },
    rollbackOf: { rolloutId: wave.rolloutId, waveIndex: wave.index },
    ...given({ reversibleUntil: since && rollbackEnd(since).toISOString() }),
    reasons: [reason('GotWorse', because), ...worse],
    startedAt: now.toISOString(),
  };
  const counted = {
    ...waveGoingBack(wave, clusterKey),
    automaticRollbacks: [...(wave.automaticRollbacks ?? []), clusterKey],
  };
  const isHalted = wave.status === 'Halted';
  if (begun + 1 < MOST_BY_ITSELF || !(isHalted || GRANTING_WAVES.includes(wave.status)))
    return { upgrade, wave: counted };
  const said = `${begun + 1} clusters of the rollout were to go back by themselves: nothing more begins in this wave or after it before a person has looked.`;
  const spent = reason('RollbackBudget', said);
  return { upgrade, wave: { ...counted, status: 'Halted', reasons: isHalted ? [...wave.reasons, spent] : [spent] } };
}

/** The wave whose queue a rollback waits in that Liftlock has begun by itself; undefined for one that a person has asked for, be it later. */
export const queueOf = ({ requestedBy, rollbackOf }: Pick<Upgrade, 'requestedBy' | 'rollbackOf'>) =>
  requestedBy === LIFTLOCK ? rollbackOf : undefined;

/**
 * Gives back the turn of a rollback in its wave, so that the next one has it, and its place in the rollout's budget where the rollback has taken
 * nothing back. `written`: waves that the transaction writes already.
 */
export async function turnGivenBack(
  table: Pick<Table, 'get'>,
  upgrade: Upgrade,
  written: readonly Wave[] = [],
): Promise<WriteOperation[]> {
  if (!isRollback(upgrade) || upgrade.status === 'Parked') return [];
  const wave = await waveOfHop(table, upgrade);
  if (wave === undefined) return [];
  const { rolloutId, index } = wave.data;
  if (written.some((one) => one.rolloutId === rolloutId && one.index === index)) return [];
  const left = waveLeftBy(wave.data, upgrade);
  // The reconciler looks at no rollout that has ended, so its wave stays as it was.
  const isOver = async () => AT_REST.includes((await load(table, Rollouts, rolloutId))?.data.status ?? 'Aborted');
  const next =
    upgrade.status === 'Canceled' && (await isOver()) ? without(left, 'goingBack', upgrade.clusterKey) : left;
  return next === wave.data ? [] : [replace(Waves, wave, next)];
}

/** The wave of the hop that a rollback takes back, whether Liftlock or a person began the rollback; undefined where the hop belonged to no rollout. */
export async function waveOfHop(
  table: Pick<Table, 'get'>,
  {
    clusterKey,
    from,
    to,
    rollbackOf,
  }: Pick<Upgrade, 'clusterKey' | 'from' | 'to'> & Partial<Pick<Upgrade, 'rollbackOf'>>,
): Promise<Read<Wave> | undefined> {
  const { rolloutId, waveIndex } = rollbackOf ?? (await load(table, Upgrades, clusterKey, hopId(to, from)))?.data ?? {};
  return rolloutId === undefined || waveIndex === undefined ? undefined : load(table, Waves, rolloutId, waveIndex);
}

/**
 * The wave from the moment that a cluster of it is asked to go back: nothing begins in later waves before that rollback has ended. The person who
 * promoted a soaking wave did not know of the rollback, so that promotion is dropped and has to be asked for again.
 */
export function waveGoingBack({ promotedBy, ...wave }: Wave, clusterKey: string): Wave {
  const kept = wave.status === 'Soaking' ? {} : given({ promotedBy });
  return { ...wave, ...kept, goingBack: [...new Set([...(wave.goingBack ?? []), clusterKey])] };
}

/** The wave once a rollback in it has ended: the turn is given back, and so is the place in the budget where the rollback has taken nothing back. */
export function waveLeftBy(
  wave: Wave,
  { clusterKey, status, mutated, reasons = [] }: Pick<Upgrade, 'clusterKey' | 'status' | 'mutated'> & Partial<Upgrade>,
): Wave {
  const turn = withoutTurn(wave, clusterKey);
  // A rollback that failed half-way has taken something back: its cluster counts as going back until somebody goes on with it or lets the cluster go,
  // or until the reconciler finds the cluster deleted and takes its success away.
  const isGone = status === 'Canceled' && mutated && reasons.some(({ code }) => code === 'Gone');
  const left = status === 'Failed' || isGone ? turn : without(turn, 'goingBack', clusterKey);
  const isUntouched = (status === 'Canceled' || status === 'Blocked') && !mutated;
  return isUntouched ? without(left, 'automaticRollbacks', clusterKey) : left;
}

const automaticRollbacksOf = (waves: readonly Wave[]): number =>
  waves.reduce((sum, one) => sum + (one.automaticRollbacks?.length ?? 0), 0);

/** Whether as many clusters of these waves' rollout go back by themselves, or have done so, as may. */
export const isRollbackBudgetSpent = (waves: readonly Wave[]): boolean => automaticRollbacksOf(waves) >= MOST_BY_ITSELF;

/** The wave without the cluster in this list; the very same object where the list does not have it. */
export function without(wave: Wave, list: 'automaticRollbacks' | 'goingBack', clusterKey: string): Wave {
  const { [list]: keys = [], ...rest } = wave;
  if (!keys.includes(clusterKey)) return wave;
  const others = keys.filter((key) => key !== clusterKey);
  return others.length === 0 ? rest : { ...rest, [list]: others };
}

function withoutTurn(wave: Wave, clusterKey: string): Wave {
  const { rollingBack, ...rest } = wave;
  return rollingBack === clusterKey ? rest : wave;
}
