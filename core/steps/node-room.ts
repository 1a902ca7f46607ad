import { durationMilliseconds } from '../config/schema/quantities.ts';
import type { UpgradePolicySpec } from '../config/types.ts';
import type { StepState } from '../contracts/items/protocol.ts';
import { parked, type Reason, reason, type StepResult } from '../contracts/step-result.ts';
import { downText, ledgerForRoll } from '../nodes/disruption-ledger.ts';
import type { Node } from '../ports/cluster-access.ts';
import type { Ports } from '../ports/ports.ts';
import { intentsOf } from '../protocol/intent-store.ts';
import { Upgrades } from '../store/entities.ts';
import { loadAll } from '../store/entity.ts';
import { accessReason, findApiServer, isAccessError } from './api-server.ts';
import type { StepContext, StepPorts } from './context.ts';

const LATER_MILLISECONDS = 10 * 60_000;

/** When a roll or a drain looks again whether nodes are back. Others may have the grant of the cluster meanwhile. */
export const nodesLater = ({ clock }: Pick<Ports, 'clock'>): Date =>
  new Date(clock.now().getTime() + LATER_MILLISECONDS);

/**
 * How many nodes of the cluster may go down in the roll of a group that is about to begin, by `spec.disruption`; or why the roll does not begin now.
 * It counts what the API server shows at this moment, and without an answer no node is taken.
 */
export async function nodeRoom(
  ports: StepPorts & Pick<Ports, 'clusters'>,
  context: StepContext,
  group: string,
  disruption: UpgradePolicySpec['disruption'],
): Promise<number | StepResult> {
  if (disruption === undefined) return Number.POSITIVE_INFINITY;
  const now = ports.clock.now();
  const pause = await pauseAfter(ports, context, group, durationMilliseconds(disruption.pause), now);
  if (pause !== undefined) return pause;
  const later = (why: Reason): StepResult => parked(nodesLater(ports), why);
  const server = findApiServer(context);
  if (server === undefined) return later(reason('ApiServerNotReady', `EKS gives no endpoint of ${context.name} yet.`));
  try {
    const nodes = await ports.clusters.listNodes(server);
    const drained = await drainedNodes(ports, context, nodes);
    const ledger = ledgerForRoll(nodes, group, drained, disruption.maxUnavailable);
    if (ledger.room > 0) return ledger.room;
    const said = `${group} is rolled when nodes of ${context.name} are back (spec.disruption). ${downText(ledger)} Counted at ${now.toISOString()}.`;
    return later(reason('NodesDown', said));
  } catch (error) {
    if (!isAccessError(error)) throw error;
    return later(accessReason(error, context));
  }
}

/** Nodes that drains of Liftlock have emptied. They stay cordoned until somebody ends or uses them again, so counts leave them out. */
export async function drainedNodes(
  { table }: Pick<Ports, 'table'>,
  { clusterKey }: StepContext,
  nodes: readonly Pick<Node, 'name' | 'cordonedBy' | 'unschedulable'>[],
): Promise<Set<string>> {
  // kubectl uncordon leaves the mark.
  const cordoned = nodes.filter(({ unschedulable }) => unschedulable);
  const ids = [...new Set(cordoned.flatMap(({ cordonedBy }) => cordonedBy ?? []))];
  const drains = await loadAll(
    table,
    Upgrades,
    ids.map((id) => Upgrades.key(clusterKey, id)),
  );
  const ended = new Set(drains.filter(({ status }) => status === 'Succeeded').map(({ id }) => id));
  return new Set(cordoned.filter(({ cordonedBy = '' }) => ended.has(cordonedBy)).map(({ name }) => name));
}

/**
 * It parks, so that a stop holds at once and others may have the grant. Undefined where EKS has not ended a roll of another group of this upgrade so
 * recently; one that failed may have replaced nodes as well.
 */
async function pauseAfter(
  { table }: Pick<Ports, 'table'>,
  { clusterKey, upgrade }: StepContext,
  group: string,
  pause: number,
  now: Date,
): Promise<StepResult | undefined> {
  const ends = (await intentsOf(table, clusterKey, 'roll-node-group')).flatMap(
    ({ data: { subject, upgradeId, outcome } }) => {
      const isOther = subject !== group && upgradeId === upgrade?.id && outcome?.type === 'accepted';
      return isOther && outcome.observed !== undefined ? [Date.parse(outcome.observed.at)] : [];
    },
  );
  const until = new Date(Math.max(0, ...ends) + pause);
  if (until <= now) return undefined;
  const said = `The node group before ${group} has ended; ${group} begins at ${until.toISOString()} (spec.disruption.pause).`;
  return parked(until, reason('NodesPause', said));
}

/** The states of the steps of the other node groups in an upgrade, by the name of the group. */
export function otherRolls(upgrade: StepContext['upgrade'], group: string): (readonly [string, StepState])[] {
  const PREFIX = 'roll-node-group/';
  return Object.entries(upgrade?.steps ?? {}).flatMap(([step, state]) => {
    const other = step.startsWith(PREFIX) ? step.slice(PREFIX.length) : group;
    return other === group ? [] : [[other, state] as const];
  });
}
