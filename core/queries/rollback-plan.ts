import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { askerText } from '../model/asked-for.ts';
import { shortId } from '../model/cluster-key.ts';
import { rollbackId } from '../model/hop.ts';
import { counted } from '../model/words.ts';
import { budgetsText } from '../policy/forced-after.ts';
import type { Ports } from '../ports/ports.ts';
import { nameOfGrant } from '../protocol/authority.ts';
import { givesWay } from '../protocol/kept-away.ts';
import { findHopUp } from '../protocol/rollback.ts';
import { opensTooLate } from '../protocol/rollback-vetoes.ts';
import { mayExtendSupport, rollbackView, versionNow } from '../protocol/rollback-view.ts';
import { refusalsAt } from '../protocol/vetoes.ts';
import { memberRules, rulesByHand } from '../rollout/member-rules.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { upgradesOf } from '../store/entities.ts';
import type { KubeVersion } from '../version/kube-version.ts';
import type { AskedHop } from './asked-plan.ts';
import { loadClusterNow } from './load-cluster-now.ts';
import { whileItRuns } from './verdict-while-it-runs.ts';

/** What taking a cluster back to the minor before would do, or what of it has begun. */
export interface RollbackPlan extends AskedHop {
  /** When EKS stops taking the cluster back; null where that is not known. */
  readonly until: string | null;
}

/**
 * Plans a rollback. Fails with `ClusterGone`; everything else that is in the way is a refusal. What EKS itself has against it is asked by the
 * rollback's first step.
 */
export async function planRollback(
  ports: Pick<Ports, 'table' | 'clock'>,
  record: ClusterRecord,
  { extendSupport }: Pick<Upgrade, 'extendSupport'> = {},
): Promise<RollbackPlan> {
  const { snapshot, cluster } = await loadClusterNow(ports, record);
  const now = ports.clock.now();
  const upgrades = await upgradesOf(ports.table, cluster.clusterKey);
  const current = versionNow(cluster, upgrades);
  // The control plane is back already, and the rest of that rollback goes on.
  const begun = upgrades.find(
    ({ id, status, mutated }) =>
      id === rollbackId(current.next(), current) && mutated && status !== 'Succeeded' && status !== 'Canceled',
  );
  const from = begun === undefined ? current : current.next();
  const asked = refusalsOfRollback(snapshot, cluster, from.previous(), begun !== undefined, now);
  const { rules, window, refusals: refusedNow } = asked;
  const region = snapshot.regions.get(cluster.region);
  const spec = rules.policy?.spec;
  const mayExtend = mayExtendSupport(spec, { extendSupport });
  const leaving = await findHopUp(ports.table, cluster, from);
  const view = rollbackView(cluster, { upgrades, region, nodes: spec?.nodes, mayExtend, leaving, now });
  const isOver = begun === undefined && view.status === 'NotReversible';
  const inTheWay = begun === undefined ? (isOver ? view.reasons : view.blockers) : [];
  // Of one that runs nothing else matters: what would refuse another one may be its own doing, such as its place under a cap.
  const running = upgrades.find(({ id, status }) => status === 'Running' && id === rollbackId(from, from.previous()));
  const refusals =
    running !== undefined
      ? [runsAlready(running, cluster.name)]
      : [
          ...inTheWay,
          ...refusedNow,
          ...(view.until === null ? [] : opensTooLate(refusedNow, cluster, view.until, window.startsAt ?? null)),
        ];
  return {
    cluster: shortId(cluster),
    clusterKey: cluster.clusterKey,
    from: from.toString(),
    to: from.previous().toString(),
    status: refusals.length > 0 ? 'Blocked' : 'NotApproved',
    until: view.until,
    checks: checksOf(cluster, from.previous(), begun !== undefined, budgetsText(spec, cluster)),
    refusals,
    notes:
      running !== undefined
        ? whileItRuns(running, []).reasons
        : [
            ...view.reasons.filter((one) => !inTheWay.includes(one)),
            ...askedAlready(upgrades, cluster.name, from),
            ...(refusals.length > 0 ? [] : endsFirst(snapshot, cluster, upgrades)),
          ],
    execution: null,
  };
}

/**
 * Why a rollback that a person asks for would get no grant now, and the rules that it is judged by. An upgrade that runs on the cluster is no reason:
 * it is held, and when it has parked or ended the rollback begins. `begun`: the control plane has gone back, so the rollback is judged as one that
 * goes on.
 */
export function refusalsOfRollback(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  target: KubeVersion,
  begun: boolean,
  now: Date,
) {
  const asked = rulesByHand(snapshot, cluster, memberRules(snapshot, now), begun);
  const { epoch, fleet, control, controls, ledger } = snapshot;
  const clusterControl = controls.get(cluster.clusterKey);
  const situation = { epoch, fleet, control, cluster, clusterControl, ledger, target, now, ...asked };
  return { ...asked, refusals: refusalsAt('rollback-grant', { ...situation, grant: undefined, upgrade: undefined }) };
}

/** A rollback that runs is not begun twice. */
const runsAlready = ({ to, startedAt }: Upgrade, name: string): Reason =>
  reason('RollingBack', `The rollback to ${to} runs since ${startedAt}: liftlock explain cluster ${name}.`);

/** A rollback that waits is not begun twice either: when a person asks again, it begins without waiting for its turn. */
function askedAlready(upgrades: readonly Upgrade[], name: string, from: KubeVersion): Reason[] {
  const waits = upgrades.find(
    ({ id, status }) => id === rollbackId(from, from.previous()) && (status === 'Parked' || status === 'Pending'),
  );
  if (waits === undefined) return [];
  const said = `A rollback to ${waits.to} was asked for already, by ${askerText(waits)}, and is ${waits.status}. What it waits for: liftlock explain cluster ${name}`;
  return [reason('RollingBack', said)];
}

function endsFirst({ grants }: FleetSnapshot, { clusterKey }: ClusterRecord, upgrades: readonly Upgrade[]): Reason[] {
  const grant = grants.find((one) => one.clusterKey === clusterKey);
  if (grant === undefined) return [];
  const upgrade = upgrades.find(({ id }) => id === grant.upgradeId);
  const gives = upgrade === undefined ? 'parks at its next change' : givesWay(upgrade);
  const said = `${nameOfGrant(grant)} runs there and ${gives}. The rollback begins after that.`;
  return [reason('GrantBusy', said)];
}

const checksOf = (
  { nodegroups, addons }: ClusterRecord,
  to: KubeVersion,
  isThere: boolean,
  budgets: string,
): string[] => [
  'request-grant: one upgrade per cluster, caps (which it may pass by one), mode and stop; windows only where the policy says rollback.windows: obey.',
  isThere
    ? `scan-cluster: that the control plane is at ${to}; EKS is not asked for its readiness any more.`
    : "scan-cluster: EKS's rollback readiness, the seven days, nodes, node groups and add-ons, before anything is changed.",
  `roll-node-group: those of ${counted(nodegroups.length, 'node group')} that have followed, back to ${to}, ${budgets}.`,
  `update-addons-back: those of ${counted(addons.length, 'add-on')} that do not fit ${to}, kube-proxy among them.`,
  isThere
    ? `rollback-control-plane: nothing, it is at ${to} already.`
    : `rollback-control-plane: back to ${to}, judged by the update itself, once EKS has nothing against it; force is never sent.`,
  'smoke-check: as after an upgrade. Hooks of the policy are not asked.',
  `Then the cluster is held: nothing takes it up again before somebody runs liftlock retry or release.`,
];
