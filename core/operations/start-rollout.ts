import { bounded, type Reason, reason } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { isLag } from '../model/lag.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal } from '../queries/refusal.ts';
import { loadRolloutDetail, planDetail, type RolloutDetail } from '../queries/rollout-views.ts';
import { candidatesOf } from '../rollout/candidates.ts';
import { createRollout, newestOf } from '../rollout/create-rollout.ts';
import { inventoryGaps } from '../rollout/inventory-complete.ts';
import { loadSnapshot } from '../rollout/load-snapshot.ts';
import { planRollout, type RolloutPlan } from '../rollout/plan-rollout.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { Rollouts } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { decideAndWrite } from '../store/retry.ts';

type RolloutPorts = Pick<Ports, 'table' | 'clock' | 'events' | 'ids'>;

/**
 * Plans a rollout of a policy and creates it, whatever the policy's trigger. With `dryRun` the plan is all. Unlike an automatic rollout it
 * takes clusters again that were in one for this target before, and with `incompleteInventory` it is planned over what is known so far: it
 * says so then. `finish`: also clusters whose nodes or add-ons are behind their control plane. Fails with `PolicyNotFound`, `NothingToDo`, `RolloutBusy` or `RolloutBlocked`.
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
  // What automatic rollouts wait for.
  const gaps = isRead ? bounded(inventoryGaps(fleet, history, snapshot, ports.clock.now())) : [];
  if (gaps.length > 0 && options.incompleteInventory !== true) throw incomplete(gaps);
  const details = { createdBy: by, finish: options.finish };
  const plan = planOrRefuse(ports, snapshot, policy, details, gaps);
  if (options.dryRun) return planDetail(await asFarAsItMay(table, plan), snapshot, ports.clock.now());
  if (snapshot.fleet?.mode !== 'act') {
    throw new Refusal(
      'RolloutBlocked',
      'The fleet is in mode "observe": Liftlock only looks, so no rollout was created. Look at the plan with --dry-run, or apply the Fleet with mode: act.',
      { reasons: [{ code: 'ObserveMode', message: 'The fleet is in mode "observe".' }] },
    );
  }
  // The same plan gives the same id; after a rollout that has ended, the next one is another on purpose.
  const taken = await load(table, Rollouts, plan.rollout.id);
  const fresh = taken === undefined ? plan : planOrRefuse(ports, snapshot, policy, details, gaps, ports.ids.next());
  if ((await decideAndWrite(() => createRollout(ports, fresh, by))) !== 'created') throw busy(policy);
  const created = await loadRolloutDetail(table, fresh.rollout.id, ports.clock.now());
  // Whom it could take in if it were asked to finish.
  const behind = fresh.leftOut.filter(({ reason: why }) => isLag(why));
  return behind.length === 0 ? created : { ...created, leftOut: behind };
}

/** A plan that would be refused as things stand says so. */
async function asFarAsItMay(table: RolloutPorts['table'], plan: RolloutPlan): Promise<RolloutPlan> {
  const { policy, reasons } = plan.rollout;
  const { underWay } = await newestOf(table, policy);
  if (underWay === undefined) return plan;
  const said = `The rollout ${underWay.id} of the policy ${policy} is ${underWay.status}: another one is created when it has ended.`;
  return { ...plan, rollout: { ...plan.rollout, reasons: [reason('RolloutBusy', said), ...reasons] } };
}

function mayPlan(snapshot: FleetSnapshot, policy: string): void {
  const known = [...snapshot.policies.keys()].sort();
  if (!snapshot.policies.has(policy)) {
    const list = known.length === 0 ? 'None is applied.' : `Applied are ${known.join(', ')}.`;
    throw new Refusal('PolicyNotFound', `There is no policy ${policy.slice(0, 100)}. ${list}`, { known });
  }
  if (snapshot.fleet === undefined)
    throw new Refusal('RolloutBlocked', 'No Fleet is applied. Run: liftlock apply -f fleet.yaml');
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
    // The clusters that it has upgraded already are at their target; those that it is at are its own.
    if (snapshot.rollouts.some((rollout) => rollout.policy === policy)) throw busy(policy);
    throw new Refusal(
      'NothingToDo',
      `No cluster of the policy ${policy} can be upgraded${finish === true ? ' or finished' : ''} now: the control plane of each is at its target, or it is excluded or held.${proposed(snapshot, policy, ports.clock.now(), finish)} Of one of them, also where a hop failed and left node groups behind, what goes on with it says: liftlock explain cluster X`,
    );
  }
  if (gaps.length === 0) return plan;
  const said = `${by} had it planned before the inventory was complete. ${sentences(gaps)}`;
  return { ...plan, rollout: { ...plan.rollout, reasons: bounded([reason('PlannedIncomplete', said)]) } };
}

/** A policy that finishes nothing does not do so because somebody asks. */
function mayFinish({ policies }: FleetSnapshot, name: string, finish: boolean | undefined): void {
  if (finish !== true || policies.get(name)?.policy.spec.finish !== 'never') return;
  const said = `The policy ${name} has finish: never, so what is behind is left to whoever looks after them. Apply it with finish: propose, or plan without --finish.`;
  throw new Refusal('NothingToDo', said);
}

/** Names the clusters that the same command would take in if it were asked to finish. */
function proposed(snapshot: FleetSnapshot, policy: string, now: Date, finish: boolean | undefined): string {
  if (finish === true) return '';
  const { byWave } = candidatesOf(snapshot, policy, now, { finish: true });
  const names = [...byWave.values()]
    .flat()
    .flatMap(({ cluster, refusals }) => (refusals.length > 0 ? [] : cluster.name));
  if (names.length === 0) return '';
  return ` Nodes or add-ons of ${names.slice(0, 5).join(', ')}${names.length > 5 ? ' and others' : ''} are behind: --finish takes them in.`;
}

function busy(policy: string): Refusal {
  return new Refusal(
    'RolloutBusy',
    `A rollout of the policy ${policy} is under way, and there is one at a time. Run liftlock get rollouts, then wait, resume or abort it.`,
  );
}
