import { namedError } from '../contracts/errors.ts';
import type { ClusterControl, ClusterRecord } from '../contracts/items/cluster.ts';
import { AT_REST, type Member, type Rollout, type Wave } from '../contracts/items/rollout.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { arrivalId, isRollback } from '../model/hop.ts';
import type { Table, WriteOperation } from '../ports/table.ts';
import { PASSED_WAVES } from '../protocol/granting-waves.ts';
import { without } from '../protocol/rollback.ts';
import { waveStatusChanged } from '../protocol/settle.ts';
import { waveWithout, withoutPlace } from '../protocol/settle-decision.ts';
import { holdRefusals } from '../protocol/standing-refusals.ts';
import { clusterPolicy, loadRollbackIn, withWayBack } from '../queries/cluster-policy.ts';
import { Refusal, wrongState } from '../queries/refusal.ts';
import { outOfHold } from '../queries/upgrade-plan.ts';
import { releasedInto, retriedIn } from '../queries/verdict-words.ts';
import { nextHopId } from '../rollout/admission.ts';
import { loadSnapshot } from '../rollout/load-snapshot.ts';
import {
  hasLeft,
  isFinished,
  newerIsUnderWay,
  refusalsOfRetry,
  retriedMember,
  retriedWave,
} from '../rollout/retry-member.ts';
import type { AuditEntry } from '../store/audit.ts';
import { changeAndTell, rolloutEntry, upgradeChanged, writeMark } from '../store/change.ts';
import {
  ClusterControls,
  Clusters,
  Grants,
  isTried,
  loadWaves,
  Members,
  PolicyRollouts,
  Rollouts,
  Upgrades,
  upgradesOf,
  Waves,
} from '../store/entities.ts';
import { load, type Read, replace, unchanged } from '../store/entity.ts';
import type { OperatorPorts } from './fleet-switch.ts';
import { placesToRetry, type RolloutMember, type Stranger } from './places-to-retry.ts';
import { findRollback, giveUpRollback, letWaveGoOn, refuseWhileGoingBack } from './request-rollback.ts';
import { busyReplanning } from './skip-cluster.ts';

/** `told`: what the order means for others than the cluster. */
type Unheld = ClusterControl & { readonly told?: readonly Reason[] };

/** Takes the hold off and has the cluster tried again in its rollout, where it no longer counts as failed. Refused where no rollout would try it. */
export function retryCluster(ports: OperatorPorts, clusterKey: string, by: string): Promise<Unheld> {
  return unhold(ports, clusterKey, by, 'Retried');
}

/** Takes the hold off. In its rollout the cluster stays as it ended, and another rollout may take it up. */
export function releaseCluster(ports: OperatorPorts, clusterKey: string, by: string): Promise<ClusterControl> {
  return unhold(ports, clusterKey, by, 'Released');
}

type Unholding = 'Retried' | 'Released';

function unhold(ports: OperatorPorts, clusterKey: string, by: string, event: Unholding): Promise<Unheld> {
  return changeAndTell(ports, async (now) => {
    const { table } = ports;
    const cluster = await load(table, Clusters, clusterKey);
    if (cluster === undefined)
      throw namedError('ClusterNotFound', `The inventory has no cluster ${clusterKey}. Run: liftlock get clusters`);
    const grant = await load(table, Grants, clusterKey);
    // The hold is read first: a rollback that is asked for after it was looked for has written the hold anew.
    const read = await load(table, ClusterControls, clusterKey);
    const back = await findRollback(table, clusterKey);
    const isFree = grant === undefined || grant.data.status === 'free';
    // A rollback that waits for the hop that it is to take back is given up while that hop still runs.
    if (event === 'Released' && back !== undefined && (isFree || grant.data.upgradeId !== back.data.id)) {
      const { ended, left, ...given } = await giveUpRollback(table, back, read, { by, now });
      return {
        ...given,
        events: ([change]: readonly string[]) => [
          upgradeChanged(ended, change),
          ...left.flatMap(({ before, after }) => waveStatusChanged(before, after, change)),
        ],
      };
    }
    if (!isFree) {
      throw wrongState(
        `An upgrade of ${cluster.data.name} still holds its grant (${grant.data.upgradeId}, ${grant.data.status}). Try again when it has ended.`,
      );
    }
    if (back !== undefined) throw refuseWhileGoingBack(cluster.data.name, back.data);
    const standing = await standingOf(table, cluster, read?.data, event, now);
    const { held, retried, found, ended, isLeftHop, bare } = standing;
    if (event === 'Released') refuseRelease(cluster.data.name, standing);
    else await refuseRetry(ports, cluster.data, standing);
    const requeued =
      event === 'Retried'
        ? await requeue(table, cluster.data, ended, { held, by, now })
        : standing.counted.map(putOnRecord);
    const entry: AuditEntry = {
      subject: clusterKey,
      event: `Cluster${event}`,
      principal: by,
      detail: { held: held ?? retried },
    };
    const failed = isLeftHop ? held : retried;
    const next = event === 'Released' || failed?.mutated !== true ? bare : { ...bare, retried: failed };
    const waves = requeued.map(({ wave }) => wave);
    const waveBefore = ({ rolloutId, index }: Wave): Wave | undefined =>
      found.map(({ wave }) => wave.data).find((one) => one.rolloutId === rolloutId && one.index === index);
    const told = requeued.flatMap(({ reasons = [] }) => reasons);
    return {
      result: told.length === 0 ? next : { ...next, told },
      writes: [
        unchanged(Grants, grant, clusterKey),
        replace(ClusterControls, read, next),
        ...requeued.flatMap(({ writes }) => writes),
        ...(await letWaveGoOn(table, clusterKey, waves)),
        await writeMark(table, now),
      ],
      // Each rollout has an entry of its own for what this changes in it.
      record: [entry, ...requeued.map(({ record }) => record)],
      events: ([, ...changes]) =>
        waves.flatMap((after, index) => waveStatusChanged(waveBefore(after), after, changes[index])),
    };
  });
}

type Standing = Awaited<ReturnType<typeof standingOf>>;

/**
 * Where a cluster without a grant stands. `held`: the hold that there is to take off. `found`: its places in the rollouts that may try it again.
 * `counted`: those of them in which it counts as failed only from now on. `ended`: those that a retry takes up. `isLeftHop`: a retry tries the hop
 * that has left the hold. `bare`: the control without hold and retry.
 */
async function standingOf(
  table: Table,
  cluster: Read<ClusterRecord>,
  control: ClusterControl = { clusterKey: cluster.data.clusterKey },
  event: Unholding,
  now: Date,
) {
  const { held: own, retried, ...bare } = control;
  const { places: found, stranger, next } = await placesToRetry(table, cluster);
  const again = found.filter(({ member: { data } }) => data.failedBefore === true && !isTried(data));
  const held = own ?? (again.length > 0 ? undefined : retried);
  // A release leaves what has ended blocked as it ended; what a retry has wait again has failed before.
  const isEnded = ({ data }: Read<Member>) => (event === 'Released' ? isTried(data) : data.status === 'Failed');
  const isUnseen = ({ member, rollout }: RolloutMember) =>
    held?.mutated === true && !isEnded(member) && !AT_REST.includes(rollout.data.status);
  const counted = found.filter(isUnseen).map((place) => withFailure(place, held, now));
  const places = [...found.filter((place) => !isUnseen(place)), ...counted];
  const ended = places.filter(({ member }) => isTried(member.data));
  const isLeftHop = ended.some(({ member }) => hopOf(member.data, cluster.data, held) === held?.upgradeId);
  return { held, retried, bare, stranger, next, found, again, counted, ended, isLeftHop };
}

/** A release that would keep nobody out is refused: it has no hold to take off, or the rollout tries the cluster again all the same. */
function refuseRelease(name: string, { held, retried, again, ended, stranger }: Standing): void {
  if (held !== undefined) return;
  const tries = again.find(({ rollout }) => !AT_REST.includes(rollout.data.status));
  if (tries !== undefined) throw isTriedAgain(tries);
  if (retried === undefined) throw nothingToTakeOff(name, ended, stranger);
}

/** A retry that no rollout would follow is refused, as is one of a hop that no rollout tries: the hold for such a hop must not be forgotten. */
async function refuseRetry(ports: OperatorPorts, cluster: ClusterRecord, standing: Standing): Promise<void> {
  const { held, stranger, next, found, ended, isLeftHop } = standing;
  if (held === undefined && ended.length === 0) throw nothingToTakeOff(cluster.name, ended, stranger);
  // A rollout under way keeps a cluster that has failed in it, and tries it again, whatever policy selects it now.
  const isTriedThere = ended.some(({ rollout }) => !AT_REST.includes(rollout.data.status));
  if (held !== undefined && next !== undefined && !isTriedThere)
    throw wrongState(
      `${cluster.name} is held, and needs no retry. ${releasedInto(next.rollout, next.wave, cluster.name)}`,
    );
  if (found.length === 0) throw await triedByNobody(ports, cluster, stranger, held?.upgradeId);
  if (held?.mutated === true && held.upgradeId !== undefined && !isLeftHop)
    throw await triedByNobody(ports, cluster, stranger, held.upgradeId, ended[0]?.rollout.data);
}

const hopOf = (member: Member, cluster: ClusterRecord, held: ClusterControl['held']): string =>
  nextHopId(member, cluster, { clusterKey: cluster.clusterKey, retried: held });

/** Counts a cluster that failed half-way by hand as failed in its rollout, where no tick has done so yet (semantics.md, Failure budget). */
function withFailure(place: RolloutMember, held: ClusterControl['held'], now: Date): RolloutMember {
  const { member, wave } = place;
  const failed = withoutPlace(member.data, 'Failed', holdRefusals({ clusterKey: '', held }));
  const after = without(waveWithout(wave.data, member.data, failed, now), 'goingBack', member.data.clusterKey);
  return { ...place, member: { ...member, data: failed }, wave: { ...wave, data: after } };
}

function putOnRecord({ member, wave, rollout, checks }: RolloutMember): {
  writes: WriteOperation[];
  wave: Wave;
  record: AuditEntry;
  reasons?: readonly Reason[];
} {
  const { clusterKey, rolloutId, reasons } = member.data;
  if (rollout.data.following !== undefined) throw busyReplanning(rollout.data);
  const places = [replace(Members, member, member.data), replace(Waves, wave, wave.data)];
  // A halted rollout tells how many have failed, like its wave.
  const isHalted = rollout.data.status === 'Halted' && wave.data.status === 'Halted';
  const own = isHalted
    ? replace(Rollouts, rollout, { ...rollout.data, reasons: wave.data.reasons })
    : unchanged(Rollouts, rollout, rolloutId);
  return {
    writes: [...checks, ...places, own],
    wave: wave.data,
    record: rolloutEntry(rolloutId, 'MemberFailed', LIFTLOCK, { clusterKey, reasons }),
  };
}

/** The refusal where no rollout would try the cluster again: it names what would help, and what would refuse that now, in the words of `explain`. */
async function triedByNobody(
  { table, clock }: OperatorPorts,
  cluster: ClusterRecord,
  { said, policy, isAwaited }: Partial<Stranger> = {},
  upgradeId = '',
  rollout?: Rollout,
): Promise<Refusal> {
  if (isAwaited === true)
    return wrongState(
      `${cluster.name} is held. ${said} Discovery looks within the hour. Then run: liftlock retry cluster ${cluster.name}`,
    );
  const now = clock.now();
  const upgrades = await upgradesOf(table, cluster.clusterKey);
  const snapshot = await loadSnapshot(table, await table.queryActive(), 'fleet');
  const { spec } = clusterPolicy(snapshot, cluster, now).policy ?? {};
  const back = await loadRollbackIn(table, snapshot, { cluster, upgrades, spec }, now);
  const ended = upgrades.find(({ id }) => id === upgradeId);
  const left = withWayBack(ended, cluster, back);
  const { refusals, condition } = outOfHold(snapshot, cluster, left, now, policy !== undefined);
  const isDrain = left?.machine === 'drain-nodes';
  const by = isDrain
    ? 'a drain'
    : isRollback(left) && `its rollback from ${left?.from} to ${left?.to}, which ended half-way`;
  const why = [
    `${cluster.name} is held${by ? ` by ${by}` : ''}, and no rollout would try ${by ? 'that' : 'it'} again.`,
    ...(said === undefined ? [] : [said]),
    ...refusals.map(({ message }) => message),
    condition,
    ...(isDrain && rollout !== undefined ? [retriedIn(rollout, cluster.name)] : []),
  ];
  return wrongState(why.join(' '));
}

function isTriedAgain({ member, rollout }: RolloutMember): Refusal {
  const { name, status, rolloutId } = member.data;
  const isBegun = status === 'Running' || status === 'Parked';
  const what = isBegun ? `its retry is under way (${status})` : `a retry has taken its hold off, and it is ${status}`;
  const rests = rollout.data.status === 'Paused' || rollout.data.status === 'Halted';
  const wait = rests
    ? `The rollout is ${rollout.data.status}: nothing of it begins before somebody resumes it.`
    : `To have it wait: liftlock rollout pause ${rolloutId} --reason TEXT.`;
  return wrongState(
    `${name} is not held: ${what} in the rollout ${rolloutId}. What it waits for: liftlock explain cluster ${name}. ${wait} To give it up: liftlock rollout abort ${rolloutId}`,
  );
}

function nothingToTakeOff(name: string, [first]: readonly RolloutMember[], stranger: Stranger | undefined): Refusal {
  if (first === undefined && stranger !== undefined)
    return wrongState(`${name} is not held. ${stranger.said} What takes it up: liftlock explain cluster ${name}`);
  if (first === undefined)
    return wrongState(
      `${name} is not held, and nothing of it has failed or is blocked in a rollout that was not aborted. What keeps it, and which command goes on with it: liftlock explain cluster ${name}. One that was skipped waits for a rollout that somebody creates, or for another target.`,
    );
  const { status, rolloutId } = first.member.data;
  return wrongState(
    `${name} is not held; it is ${status} in the rollout ${rolloutId}. Release takes off holds only. Once the cause is gone, or the cluster is finished by hand, run: liftlock retry cluster ${name}`,
  );
}

/** Has these members wait again, or counts them as through, and opens a wave again that they had halted. */
async function requeue(
  table: Table,
  cluster: ClusterRecord,
  ended: readonly RolloutMember[],
  { held, by, now }: { readonly held: ClusterControl['held']; readonly by: string; readonly now: Date },
): Promise<{ writes: WriteOperation[]; wave: Wave; record: AuditEntry; reasons: readonly Reason[] }[]> {
  const requeued = [];
  for (const place of ended) {
    const { member, rollout, wave, checks } = place;
    const { clusterKey, rolloutId, status } = member.data;
    if (rollout.data.following !== undefined) throw busyReplanning(rollout.data);
    const hop = (await load(table, Upgrades, clusterKey, arrivalId(member.data)))?.data;
    const isThrough = isFinished(cluster, member.data, hop, held !== undefined);
    const waves = (await loadWaves(table, rolloutId)).map(({ data }) => data);
    if (!isThrough || member.data.isStray === true) await refuseInVain(table, place, waves, now);
    const next = retriedMember(member.data, isThrough ? hop : undefined);
    const retried = retriedWave(wave.data, member.data, next, waves, now);
    // A retry that reopens nothing does not start the rollout; the rollout's reasons then say what its wave now says.
    const { status: rolloutStatus } = rollout.data;
    const staysHalted = rolloutStatus === 'Halted' && retried.status === 'Halted';
    const begun = { status: 'Running', endedAt: undefined, reasons: [] } as const;
    const writes = [
      ...checks,
      ...(await becomesNewest(table, rollout.data)),
      replace(Members, member, next),
      replace(Waves, wave, retried),
      rolloutStatus === 'Running' || rolloutStatus === 'Paused'
        ? unchanged(Rollouts, rollout, rollout.data.id)
        : replace(Rollouts, rollout, { ...rollout.data, ...(staysHalted ? { reasons: retried.reasons } : begun) }),
    ];
    const reopens = wave.data.status === 'Halted' && retried.status !== 'Halted' && rolloutStatus !== 'Paused';
    const { name } = wave.data;
    const hadPassed = PASSED_WAVES.includes(wave.data.status) && !PASSED_WAVES.includes(retried.status);
    const reasons: Reason[] = [];
    if (reopens) {
      const said = `The wave ${name} was halted and is open again: the rollout ${rolloutId} goes on for its other clusters, too. To have them wait: liftlock rollout pause ${rolloutId}`;
      reasons.push(reason('WaveReopened', said));
    } else if (hadPassed) {
      const said = `The wave ${name} had passed and is open again: whoever has not begun in a later one waits until it has passed anew.`;
      reasons.push(reason('WaveReopened', said));
    }
    const detail = { clusterKey, wave: name, from: status, to: next.status, ...(reasons.length > 0 && { reasons }) };
    requeued.push({ writes, wave: retried, record: rolloutEntry(rolloutId, 'MemberRetried', by, detail), reasons });
  }
  return requeued;
}

/** Refuses a retry that would have the cluster fail again untried, or go further than its policy says by now. Nothing is changed then. */
async function refuseInVain(
  table: Table,
  { member: { data: member }, rollout }: RolloutMember,
  waves: readonly Wave[],
  now: Date,
): Promise<void> {
  const snapshot = await loadSnapshot(table, await table.queryActive(), 'fleet');
  const { reasons } = refusalsOfRetry(snapshot, rollout.data, waves, member, now);
  if (reasons.length === 0) return;
  const said = reasons.map(({ message }) => message).join(' ');
  const has = (wanted: string) => reasons.some(({ code }) => code === wanted);
  const retry = `liftlock retry cluster ${member.name}`;
  const then = has('Deleting')
    ? 'Nothing is left to be tried once it is gone.'
    : has('NeverStarts')
      ? `First change a calendar or the tag that names it, or cannotStart; then run: ${retry}`
      : `When that is over: ${retry}${has('NoWave') || hasLeft(reasons) ? `; what takes it up otherwise says: liftlock explain cluster ${member.name}` : ''}`;
  throw new Refusal('UpgradeBlocked', `${member.name} is not tried again now: ${said} ${then}`);
}

/** The cluster's rollout becomes the policy's newest again, unless a newer one is under way. */
async function becomesNewest(table: Table, rollout: Rollout): Promise<WriteOperation[]> {
  const newest = await load(table, PolicyRollouts, rollout.policy);
  if (newest === undefined) return [];
  const running = await load(table, Rollouts, newest.data.rolloutId);
  if (running !== undefined && running.data.id !== rollout.id && !AT_REST.includes(running.data.status)) {
    throw wrongState(`${newerIsUnderWay(running.data).message} Try again when it has ended.`);
  }
  // This is written even where the rollout is the newest already: the creation of another rollout rests on this one having ended, and then fails.
  return [replace(PolicyRollouts, newest, { ...newest.data, rolloutId: rollout.id })];
}
