import { namedError } from '../contracts/errors.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { AT_REST, type Rollout, type Wave } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { clusterNameOf } from '../model/cluster-key.ts';
import { given } from '../model/given.ts';
import { inForce, upgradePolicy } from '../policy/applied.ts';
import type { WriteOperation } from '../ports/table.ts';
import { reopenedAs } from '../protocol/granting-waves.ts';
import { loadOrdersOfFleet } from '../protocol/kept-away.ts';
import { leftOpenText } from '../protocol/left-half-done.ts';
import { queueOf, waveLeftBy } from '../protocol/rollback.ts';
import { pausesOf, withPause } from '../protocol/rollout-pauses.ts';
import { waveStatusChanged } from '../protocol/settle.ts';
import { findRollout } from '../queries/find-rollout.ts';
import { Refusal, wrongState } from '../queries/refusal.ts';
import { failedWith, suspectedTraits } from '../rollout/fingerprint.ts';
import { haltsAgain, MAY_PAUSE, wayToResume } from '../rollout/wave-end.ts';
import { untoldOfHooks, withoutHooks } from '../rollout/wave-hooks.ts';
import type { AuditEntry } from '../store/audit.ts';
import { changeAndTell, rolloutChanged, rolloutEntry, upgradeChanged, writeMark } from '../store/change.ts';
import { ClusterControls, Configs, loadMembers, loadWaves, Rollouts, Waves } from '../store/entities.ts';
import { load, type Read, replace } from '../store/entity.ts';
import { type Told, toldRollout } from '../store/with-conditions.ts';
import type { OperatorPorts } from './fleet-switch.ts';
import { findRollback, giveUpRollback } from './request-rollback.ts';

/** The rollout as an order leaves it, and the pauses that stood before: the order has lifted them, or they go on standing. */
type Switched = Told<Rollout> & {
  readonly before?: readonly Reason[];
  /** Of an aborted rollout: that another one begins by itself, and how to have none; absent where none does. */
  readonly another?: string;
  /** Of an aborted rollout: which of its clusters are taken back all the same; absent where none is. */
  readonly goesOn?: string;
  /** Of an aborted rollout: which of its clusters had begun and stay as they are; absent where none had. */
  readonly leftOpen?: string;
  /** Of a resumed rollout: why nothing of it begins all the same; absent where nothing keeps the whole fleet. */
  readonly keptBy?: string;
};

/**
 * Pauses a rollout: no mutating call of it is committed from now on, and a running upgrade parks at its next call. A further pause stands beside the
 * first one, and one resume lifts all of them.
 */
export function pauseRollout(ports: OperatorPorts, id: string, by: string, reason: string): Promise<Switched> {
  const next = (rollout: Rollout): Rollout => {
    refuseUnless(rollout, [...MAY_PAUSE, 'Paused'], 'pause');
    return withPause(rollout, by, reason);
  };
  // Beyond the pauses that stand beside each other the record alone keeps the reason.
  return switchRollout(ports, id, by, 'RolloutPaused', next, reason);
}

/** Resumes a rollout that is paused, or that has a halted wave whose budget has room again or whose failures a person has accepted. */
export async function resumeRollout(
  ports: OperatorPorts,
  id: string,
  by: string,
  why?: string,
  options: { readonly acceptFailures?: boolean } = {},
): Promise<Switched> {
  const accept = options.acceptFailures === true;
  const next = (rollout: Rollout, waves: readonly Read<Wave>[]): Rollout => {
    // An aborted rollout must not come back by way of a wave that was halted at that time.
    refuseUnless(rollout, ['Paused', 'Running', 'Halted'], 'resume');
    const undecided = waves.find((wave) => wave.data.status === 'Undecided');
    const halted = waves.filter((wave) => wave.data.status === 'Halted');
    // A hook halts a rollout before the wave has opened, so no wave is halted then.
    const isHeld = rollout.status === 'Halted' && waves.some(({ data }) => withoutHooks(data) !== undefined);
    if (rollout.status !== 'Paused' && halted.length === 0 && !isHeld) {
      const said =
        undecided === undefined
          ? `The rollout ${id} is ${rollout.status}, and no wave of it is halted: there is nothing to resume.`
          : `The wave ${undecided.data.name} is undecided: it proves nothing, so an approver has to let it pass: liftlock rollout promote ${id}`;
      throw wrongState(said);
    }
    // All halted waves open again together, so none of them may be about to halt at once.
    const again = accept ? [] : halted.flatMap(({ data }) => haltsAgain(data) ?? []);
    if (again.length > 0) {
      const said = again.join(' ');
      const todo = `Retry its clusters (liftlock retry cluster X), or go on all the same: ${wayToResume(
        rollout,
        halted.map(({ data }) => data),
      )}`;
      throw wrongState(`${said} ${todo}`);
    }
    return { ...rollout, status: 'Running', endedAt: undefined, reasons: [] };
  };
  const [kept] = await loadOrdersOfFleet(ports.table);
  const resumed = await switchRollout(ports, id, by, 'RolloutResumed', next, why, (waves, _, { status }) => {
    // A wave that is halted for rollbacks opens only when a person resumes a rollout that is not merely paused: ending a pause says nothing about why
    // the wave is halted.
    const opened = reopened(waves, by, accept).filter(
      ({ read }) => status !== 'Paused' || !isHaltedForRollbacks(read.data),
    );
    const accepted = opened.filter(({ read }) => accept && read.data.status === 'Halted');
    return {
      waves: opened,
      ...(accept
        ? { detail: { accepted: accepted.map(({ next: { name, failed } }) => ({ wave: name, failed })) } }
        : {}),
    };
  });
  return kept === undefined ? resumed : { ...resumed, keptBy: `Nothing of it goes on meanwhile: ${kept.message}` };
}

/**
 * Aborts a rollout, for good. Nothing of it starts any more and parked upgrades stay parked; what EKS works on finishes, and so does a rollback that
 * has begun. Rollbacks that Liftlock has begun by itself and that have changed nothing end with the rollout.
 */
export async function abortRollout(ports: OperatorPorts, id: string, by: string, reason: string): Promise<Switched> {
  const next = (rollout: Rollout): Rollout => {
    if (AT_REST.includes(rollout.status)) throw wrongState(`The rollout ${id} is ${rollout.status} already.`);
    return { ...rollout, status: 'Aborted', reasons: [{ code: 'Aborted', message: `${by}: ${reason}` }] };
  };
  const aborted = await switchRollout(ports, id, by, 'RolloutAborted', next, undefined, (waves, now) =>
    giveUpWaiting(ports.table, waves, { by, now, why: `${by} has aborted the rollout ${id}: ${reason}` }),
  );
  const goingBack = (await loadWaves(ports.table, id)).flatMap(({ data }) => data.goingBack ?? []);
  const backs = goingBack.map(clusterNameOf);
  const left = (await loadMembers(ports.table, id)).filter(({ clusterKey }) => !goingBack.includes(clusterKey));
  const goesOn = `What is being taken back is not given up: ${backs.join(', ')}. How it goes on says: liftlock explain cluster ${backs[0]}`;
  const told = { ...aborted, ...given({ goesOn: backs[0] && goesOn, leftOpen: leftOpenText(left) }) };
  const { policy } = aborted;
  const applied = upgradePolicy(inForce((await load(ports.table, Configs, 'UpgradePolicy', policy))?.data));
  if (applied?.spec.trigger !== 'automatic') return told;
  // What the rollout had as members is not taken up again by itself (isServed).
  const another = `The policy ${policy} is automatic: another rollout begins by itself for another target, and for clusters that this one has not taken. To have none begin, apply it with trigger: manual.`;
  return { ...told, another };
}

async function giveUpWaiting(
  table: OperatorPorts['table'],
  waves: readonly Read<Wave>[],
  order: { readonly by: string; readonly now: Date; readonly why: string },
): Promise<Beside> {
  const beside = { waves: [], writes: [] as WriteOperation[], record: [] as AuditEntry[], given: [] as Upgrade[] };
  for (const read of waves) {
    let next = untoldOfHooks(read.data);
    for (const clusterKey of read.data.automaticRollbacks ?? []) {
      const back = await findRollback(table, clusterKey);
      const isWaiting = back !== undefined && !back.data.mutated && back.data.status !== 'Running';
      if (!isWaiting || queueOf(back.data)?.rolloutId !== read.data.rolloutId) continue;
      const control = await load(table, ClusterControls, clusterKey);
      const { writes, record, ended } = await giveUpRollback(table, back, control, order, [read.data]);
      beside.writes.push(...writes);
      beside.record.push(...record);
      beside.given.push(ended);
      next = waveLeftBy(next, { ...back.data, status: 'Canceled' });
    }
    if (next !== read.data) beside.writes.push(replace(Waves, read, next));
  }
  return beside;
}

/** The changes that an order makes beside the rollout itself. */
interface Beside {
  readonly waves: readonly WaveWrite[];
  readonly writes?: readonly WriteOperation[];
  readonly record?: readonly AuditEntry[];
  /** What the record of the order says beside its reasons. */
  readonly detail?: Readonly<Record<string, unknown>>;
  /** Rollbacks that the order gives up. */
  readonly given?: readonly Upgrade[];
}

const isHaltedForRollbacks = ({ status, reasons }: Wave): boolean =>
  status === 'Halted' && reasons.some(({ code }) => code === 'RollbackBudget');

interface WaveWrite {
  readonly read: Read<Wave>;
  readonly next: Wave;
}

function refuseUnless(rollout: Rollout, statuses: readonly Rollout['status'][], verb: string): void {
  if (statuses.includes(rollout.status)) return;
  throw wrongState(
    `The rollout ${rollout.id} is ${rollout.status}; only ${statuses.join(' or ')} can be changed by ${verb}.`,
  );
}

function switchRollout(
  ports: OperatorPorts,
  id: string,
  by: string,
  event: string,
  next: (rollout: Rollout, waves: readonly Read<Wave>[]) => Rollout,
  why?: string,
  change: (waves: readonly Read<Wave>[], now: Date, rollout: Rollout) => Beside | Promise<Beside> = () => ({
    waves: [],
  }),
): Promise<Switched> {
  return changeAndTell(ports, async (now) => {
    const read = await findRollout(ports.table, id);
    const waves = await loadWaves(ports.table, id);
    // A refusal writes nothing, so only this finds that the rollout has moved between the two reads.
    if ((await findRollout(ports.table, id)).revision !== read.revision)
      throw namedError('ConditionFailed', `The rollout ${id} has changed while it was read.`);
    const wanted = next(read.data, waves);
    // Whatever is ordered, what it waits for is decided anew.
    const { waitsSince: _, ...changed } = wanted;
    const before = pausesOf(read.data);
    // The answer has the conditions as they are now: a script that reads conditions would otherwise take the order for ignored.
    const result = { ...toldRollout(changed, now), ...(before.length === 0 ? {} : { before }) };
    if (wanted === read.data) return { result };
    const lifted = changed.status === 'Paused' || before.length === 0 ? undefined : before;
    const { waves: waveWrites, writes = [], record = [], detail, given = [] } = await change(waves, now, read.data);
    const { status, reasons } = changed;
    return {
      result,
      writes: [
        replace(Rollouts, read, changed),
        ...waveWrites.map(({ read: wave, next }) => replace(Waves, wave, next)),
        ...writes,
        // The next full look tidies up after an abort. A resumed rollout has to be planned anew first: while it was halted nobody planned it, and
        // another policy may have taken over clusters of its later waves.
        ...(status === 'Paused' ? [] : [await writeMark(ports.table, now)]),
      ],
      record: [
        rolloutEntry(id, event, by, { from: read.data.status, to: status, reasons, why, lifted, ...detail }),
        ...record,
      ],
      // Each rollback that was given up has a record of its own, after that of the order.
      events: ([first, ...others]) => [
        rolloutChanged(changed, first),
        ...waveWrites.flatMap(({ read: { data }, next: wave }) => waveStatusChanged(data, wave, first)),
        ...given.map((ended, index) => upgradeChanged(ended, others[index])),
      ],
    };
  });
}

/**
 * Opens halted waves again. A skipped soak was skipped once and is asked for again. The end of a settled wave is decided as for any other, with the
 * failures that a person has accepted.
 */
function reopened(waves: readonly Read<Wave>[], by: string, accept: boolean): WaveWrite[] {
  const reasons: Reason[] = [{ code: 'Resumed', message: `Resumed by ${by}.` }];
  return waves.flatMap((read) => {
    const asksAnew = withoutHooks(read.data);
    if (read.data.status !== 'Halted') return asksAnew === undefined ? [] : [{ read, next: asksAnew }];
    const wave = asksAnew ?? read.data;
    const acceptedFailures = accept ? wave.failed : wave.acceptedFailures;
    const goesOn = { status: reopenedAs(wave), promotedBy: undefined, endedAt: undefined };
    return [{ read, next: { ...wave, ...goesOn, acceptedFailures, reasons } }];
  });
}

/** Clears traits of suspicion, all of them or none: clusters that were set aside for these traits go on at the next tick. Fails with `WrongState`. */
export function releaseTraits(
  ports: OperatorPorts,
  id: string,
  asked: readonly string[],
  by: string,
  why: string,
): Promise<Told<Rollout>> {
  return changeAndTell(ports, async (now) => {
    const { table } = ports;
    const rollout = await findRollout(table, id);
    const waves = (await loadWaves(table, id)).map(({ data }) => data);
    // Later rollouts suspect what a cluster had that was taken back in this one, also where this one did not: another had failed without it.
    const failed = AT_REST.includes(rollout.data.status) ? failedWith(waves).keys() : [];
    const traits = [...new Set([...suspectedTraits(rollout.data, waves), ...failed])].sort();
    const other = asked.find((trait) => !traits.includes(trait));
    if (other !== undefined) {
      const list = traits.length === 0 ? 'none is' : `${traits.join(', ')} ${traits.length === 1 ? 'is' : 'are'}`;
      throw new Refusal('WrongState', `${other.slice(0, 200)} is not suspected in the rollout ${id}; ${list}.`, {
        traits,
      });
    }
    const releasedTraits = [...new Set([...(rollout.data.releasedTraits ?? []), ...asked])];
    const next: Rollout = { ...rollout.data, releasedTraits };
    const reasons = [reason('TraitReleased', `${by} cleared ${asked.join(', ')} of suspicion: ${why}`)];
    return {
      result: toldRollout(next, now),
      // Clusters of later waves are let in by the next full look.
      writes: [replace(Rollouts, rollout, next), await writeMark(table, now)],
      record: [rolloutEntry(id, 'TraitReleased', by, { traits: asked, why })],
      events: ([change]) => [rolloutChanged({ ...next, reasons }, change, 'traits')],
    };
  });
}
