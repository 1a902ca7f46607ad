import { namedError } from '../contracts/errors.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { AT_REST, type Rollout, type Wave } from '../contracts/items/rollout.ts';
import { bounded, type Reason, reason } from '../contracts/step-result.ts';
import { clusterNameOf } from '../model/cluster-key.ts';
import { given } from '../model/given.ts';
import { isLag } from '../model/lag.ts';
import { some, someSentences } from '../model/words.ts';
import { inForce, upgradePolicy } from '../policy/applied.ts';
import type { Ports } from '../ports/ports.ts';
import type { WriteOperation } from '../ports/table.ts';
import { reopenedAs } from '../protocol/granting-waves.ts';
import { loadOrdersOfFleet } from '../protocol/kept-away.ts';
import { leftOpenText } from '../protocol/left-half-done.ts';
import { queueOf, waveLeftBy } from '../protocol/rollback.ts';
import { pausesOf, withPause } from '../protocol/rollout-pauses.ts';
import { waveStatusChanged } from '../protocol/settle.ts';
import { findRollout } from '../queries/find-rollout.ts';
import { Refusal, wrongState } from '../queries/refusal.ts';
import { loadRolloutDetail, planDetail, type RolloutDetail } from '../queries/rollout-views.ts';
import { inventoryGaps } from '../rollout/automatic-rollouts.ts';
import { candidatesOf } from '../rollout/candidates.ts';
import { createRollout, newestOf } from '../rollout/create-rollout.ts';
import { loadSnapshot } from '../rollout/load-snapshot.ts';
import { planRollout, type RolloutPlan } from '../rollout/plan-rollout.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { haltsAgain, MAY_PAUSE, waveEnd, wayToResume } from '../rollout/wave-end.ts';
import { untoldOfHooks, withoutHooks } from '../rollout/wave-hooks.ts';
import type { AuditEntry } from '../store/audit.ts';
import { changeAndTell, writeMark } from '../store/change.ts';
import { rolloutChanged, rolloutEntry, upgradeChanged } from '../store/changes.ts';
import { ClusterControls, Configs, Rollouts, Waves } from '../store/entities.ts';
import { decideAndWrite, load, type Read, replace } from '../store/entity.ts';
import { loadMembers, loadWaves } from '../store/members.ts';
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
  const [kept] = await loadOrdersOfFleet(ports.table);
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

type RolloutPorts = Pick<Ports, 'table' | 'clock' | 'events' | 'ids'>;

/**
 * Plans a rollout of a policy and creates it, whatever the policy's trigger; with `dryRun` it only plans. Unlike an automatic rollout it takes
 * clusters again that were in one for this target before, and with `incompleteInventory` it plans over what is known so far, and says so. `finish`:
 * it also takes clusters whose nodes or add-ons are behind their control plane. Fails with `PolicyNotFound`, `NothingToDo`, `RolloutBusy` or
 * `RolloutBlocked`.
 */
export async function startRollout(
  ports: RolloutPorts,
  policy: string,
  by: string,
  options: { readonly dryRun: boolean; readonly incompleteInventory?: boolean; readonly finish?: boolean },
): Promise<RolloutDetail> {
  const { table } = ports;
  const snapshot = await loadSnapshot(table, await table.queryActive(), 'history');
  mayPlan(snapshot, policy);
  const { fleet, history } = snapshot;
  const isRead = fleet !== undefined && history !== undefined;
  // Automatic rollouts wait until these gaps are gone.
  const gaps = isRead ? bounded(inventoryGaps(fleet, history, snapshot, ports.clock.now())) : [];
  if (gaps.length > 0 && options.incompleteInventory !== true) throw incomplete(gaps);
  const details = { createdBy: by, finish: options.finish };
  const plan = planOrRefuse(ports, snapshot, policy, details, gaps);
  if (options.dryRun) return planDetail(await asFarAsItMay(table, plan, snapshot), snapshot, ports.clock.now());
  if (fleet?.mode !== 'act') {
    const said = `${OBSERVES.message} Look at the plan with --dry-run, or apply the Fleet with mode: act.`;
    throw new Refusal('RolloutBlocked', said, { reasons: [OBSERVES] });
  }
  // The same plan has the same id; where a rollout with that id has ended, the new one gets another id on purpose.
  const taken = await load(table, Rollouts, plan.rollout.id);
  const fresh = taken === undefined ? plan : planOrRefuse(ports, snapshot, policy, details, gaps, ports.ids.next());
  const create = async () => {
    // The mark is read first: whoever deletes the policy moves it, and nothing of a rollout without a policy would ever begin.
    const mark = await writeMark(table, ports.clock.now());
    const applied = await load(table, Configs, 'UpgradePolicy', policy);
    if (inForce(applied?.data) === undefined) {
      const others = [...snapshot.policies.keys()].filter((name) => name !== policy);
      throw policyNotFound(policy, others);
    }
    return createRollout(ports, fresh, by, [mark]);
  };
  if ((await decideAndWrite(create)) !== 'created') throw busy(policy, (await newestOf(table, policy)).underWay);
  const created = await loadRolloutDetail(table, fresh.rollout.id, ports.clock.now());
  // The clusters that the rollout could take in if it were asked to finish them.
  const behind = fresh.leftOut.filter(({ reason: why }) => isLag(why));
  return behind.length === 0 ? created : { ...created, leftOut: behind };
}

/** The plan with the reasons for which it would be refused as things stand, and those for which a wave of it would hold the later ones at once. */
async function asFarAsItMay(
  table: RolloutPorts['table'],
  plan: RolloutPlan,
  { fleet, policies }: FleetSnapshot,
): Promise<RolloutPlan> {
  const { policy, reasons } = plan.rollout;
  const { underWay } = await newestOf(table, policy);
  const said = `The rollout ${underWay?.id} of the policy ${policy} is ${underWay?.status}: another one is created when it has ended.`;
  const refused = [
    ...(underWay === undefined ? [] : [reason('RolloutBusy', said)]),
    ...(fleet?.mode === 'act' ? [] : [OBSERVES]),
  ];
  const specs = policies.get(policy)?.policy.spec.waves;
  const waves = plan.waves.map((wave) => {
    const end = waveEnd(wave, specs?.[wave.index]);
    return wave.needWork === 0 && end.status === 'Undecided' ? { ...wave, reasons: end.reasons } : wave;
  });
  return { ...plan, waves, rollout: { ...plan.rollout, reasons: [...refused, ...reasons] } };
}

const OBSERVES = reason(
  'ObserveMode',
  'The fleet is in mode "observe": Liftlock only looks, so no rollout is created.',
);

function mayPlan(snapshot: FleetSnapshot, policy: string): void {
  if (!snapshot.policies.has(policy)) throw policyNotFound(policy, [...snapshot.policies.keys()]);
  if (snapshot.fleet === undefined)
    throw new Refusal('RolloutBlocked', 'No Fleet is applied. Run: liftlock apply -f fleet.yaml');
}

function policyNotFound(policy: string, applied: readonly string[]): Refusal {
  const known = [...applied].sort();
  const list = known.length === 0 ? 'None is applied.' : `Applied are ${known.join(', ')}.`;
  return new Refusal('PolicyNotFound', `There is no policy ${policy.slice(0, 100)}. ${list}`, { known });
}

const incomplete = (gaps: readonly Reason[]): Refusal =>
  new Refusal(
    'RolloutBlocked',
    `The inventory is not complete, and clusters that are found later would go with later waves than their own. ${sentences(gaps)} Try again when liftlock get accounts shows them all, or plan over what is known with --incomplete-inventory.`,
    { reasons: gaps },
  );

const sentences = (reasons: readonly Reason[]): string => reasons.map(({ message }) => message).join(' ');

function planOrRefuse(
  ports: RolloutPorts,
  snapshot: FleetSnapshot,
  policy: string,
  details: { readonly createdBy: string; readonly finish: boolean | undefined },
  gaps: readonly Reason[],
  salt?: string,
): RolloutPlan {
  const { createdBy: by, finish } = details;
  mayFinish(snapshot, policy, finish);
  const plan = planRollout(snapshot, policy, { now: ports.clock.now(), ...details, ...given({ salt }) });
  if (plan === undefined) {
    // There is nothing to plan because a rollout of the policy is under way: its clusters are at their target already, or belong to it.
    const underWay = snapshot.rollouts.find((rollout) => rollout.policy === policy);
    if (underWay !== undefined) throw busy(policy, underWay);
    throw new Refusal(
      'NothingToDo',
      `No cluster of the policy ${policy} can be upgraded${finish === true ? ' or finished' : ''} now: the control plane of each is at its target, or it is excluded or held.${whyNone(snapshot, policy, ports.clock.now(), finish)} Of one of them, also where a hop failed and left node groups behind, what goes on with it says: liftlock explain cluster X`,
    );
  }
  if (gaps.length === 0) return plan;
  const said = `${by} had it planned before the inventory was complete. ${sentences(gaps)}`;
  return { ...plan, rollout: { ...plan.rollout, reasons: bounded([reason('PlannedIncomplete', said)]) } };
}

/** Refuses to finish clusters of a policy with `finish: never`, even if a person asks for that. */
function mayFinish({ policies }: FleetSnapshot, name: string, finish: boolean | undefined): void {
  if (finish !== true || policies.get(name)?.policy.spec.finish !== 'never') return;
  const said = `The policy ${name} has finish: never, so what is behind is left to whoever looks after them. Apply it with finish: propose, or plan without --finish.`;
  throw new Refusal('NothingToDo', said);
}

/** Names what keeps clusters away that are behind, and the clusters that the command would take in with --finish. */
function whyNone(snapshot: FleetSnapshot, policy: string, now: Date, finish: boolean | undefined): string {
  const behind = [...candidatesOf(snapshot, policy, now, { finish: true }).byWave.values()].flat();
  const kept = behind.flatMap(({ cluster, refusals: [first] }) => (first ? `${cluster.name}: ${first.message}` : []));
  const names = behind.flatMap(({ cluster, refusals }) => (refusals.length > 0 ? [] : cluster.name));
  const away = kept.length === 0 ? '' : ` ${someSentences(kept, 3)}`;
  if (finish === true || names.length === 0) return away;
  return `${away} Nodes or add-ons of ${some(names, 5)} are behind: --finish takes them in.`;
}

/** The refusal of a second rollout of a policy. `underWay`: undefined where it has ended since. */
function busy(policy: string, underWay: Pick<Rollout, 'id' | 'status'> | undefined): Refusal {
  const { id, status } = underWay ?? {};
  const which =
    id === undefined
      ? `A rollout of the policy ${policy} was under way a moment ago, and there is one at a time. Try again.`
      : `The rollout ${id} of the policy ${policy} is under way, and there is one at a time. It is ${status}: wait for its end, or resume, promote or abort it: liftlock describe rollout ${id}`;
  return new Refusal('RolloutBusy', which);
}
