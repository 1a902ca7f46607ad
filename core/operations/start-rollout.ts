import type { Rollout } from '../contracts/items/rollout.ts';
import { bounded, type Reason, reason } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { isLag } from '../model/lag.ts';
import { some, someSentences } from '../model/words.ts';
import { inForce } from '../policy/applied.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal } from '../queries/refusal.ts';
import { loadRolloutDetail, planDetail, type RolloutDetail } from '../queries/rollout-views.ts';
import { inventoryGaps } from '../rollout/automatic-rollouts.ts';
import { candidatesOf } from '../rollout/candidates.ts';
import { createRollout, newestOf } from '../rollout/create-rollout.ts';
import type { RolloutPlan } from '../rollout/decisions.ts';
import { loadSnapshot } from '../rollout/load-snapshot.ts';
import { planRollout } from '../rollout/plan-rollout.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { waveEnd } from '../rollout/wave-end.ts';
import { writeMark } from '../store/change.ts';
import { Configs, Rollouts } from '../store/entities.ts';
import { decideAndWrite, load } from '../store/entity.ts';

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
  const snapshot = await loadSnapshot(table, await table.queryActive(), 'history', ports.clock.now());
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
