import { managedGroup, nodeOwner } from '../model/node-owner.ts';
import { some } from '../model/words.ts';
import type { DrainNode } from '../ports/node-operator.ts';

/** What the ledger has to know of a node. */
type CountedNode = Pick<DrainNode, 'name' | 'labels' | 'ready' | 'unschedulable'> &
  Partial<Pick<DrainNode, 'terminating' | 'cordonedBy'>>;

/** A number of nodes, or a percentage of all of them such as `"10%"`; undefined where nobody has set one. */
export type NodeLimit = number | string | undefined;

/** Which nodes of a cluster are down now, whoever took them, and how many may be. Counted from what the API server shows, never stored. */
export interface DisruptionLedger {
  readonly down: readonly CountedNode[];
  readonly allowed: number;
  readonly hasRoom: boolean;
}

/**
 * @param outOfService names of nodes that a drain has emptied: their replacement was there before, so that they count neither as down nor
 * among all nodes. Nodes of Fargate are one pod each and no room for others.
 */
export function disruptionLedger(
  allNodes: readonly CountedNode[],
  outOfService: ReadonlySet<string>,
  ...limits: readonly NodeLimit[]
): DisruptionLedger {
  const counted = countedOf(allNodes, outOfService);
  const down = counted.filter(isDown);
  const allowed = nodesAllowed(counted.length, ...limits);
  return { down, allowed, hasRoom: down.length < allowed };
}

const countedOf = (allNodes: readonly CountedNode[], outOfService: ReadonlySet<string>): CountedNode[] =>
  allNodes.filter(({ name, labels }) => !outOfService.has(name) && nodeOwner(labels).kind !== 'fargate');

/** How many of so many nodes may be down: a share is rounded down, at least 1. */
export const nodesAllowed = (count: number, ...limits: readonly NodeLimit[]): number =>
  Math.min(
    ...limits.map((limit) => {
      if (limit === undefined) return Number.POSITIVE_INFINITY;
      return typeof limit === 'number' ? limit : Math.max(1, Math.floor((count * Number.parseInt(limit, 10)) / 100));
    }),
  );

/**
 * The same for the roll of a managed group. EKS cordons all nodes of a group as its roll begins (facts: eks.md §5.1), and a roll that failed may leave some so:
 * the next one replaces them, so that they count as down only where they are not ready.
 */
export function ledgerForRoll(
  allNodes: readonly CountedNode[],
  group: string,
  outOfService: ReadonlySet<string>,
  limit: NodeLimit,
): DisruptionLedger & { readonly room: number } {
  const seen = allNodes.map((node) =>
    managedGroup(nodeOwner(node.labels)) === group ? { ...node, unschedulable: false } : node,
  );
  const ledger = disruptionLedger(seen, outOfService, limit);
  return { ...ledger, room: ledger.allowed - ledger.down.length };
}

export const isDown = ({ ready, unschedulable, terminating }: CountedNode): boolean =>
  !ready || unschedulable || terminating === true;

/** Whether pods may go from one node to another as far as nodes alone tell: it is up, has no taint that theirs has not, and is not of Fargate. */
export const takesPodsOf = (other: DrainNode, { name, taints }: DrainNode): boolean =>
  other.name !== name &&
  !isDown(other) &&
  nodeOwner(other.labels).kind !== 'fargate' &&
  other.taints.every((key) => taints.includes(key));

/** So many nodes that are down are named. */
const MOST_NAMED = 5;

/** For people: how many are down, how many may be, and which those are. */
export const downText = ({ down, allowed }: DisruptionLedger): string =>
  `Nodes of the cluster that are down: ${down.length}, allowed: ${allowed}: ${some(down.map(whyDown), MOST_NAMED)}.`;

/** A node that is down, and by whom as far as it shows. */
function whyDown({ name, cordonedBy, terminating, unschedulable }: CountedNode): string {
  if (terminating === true) return `${name} (terminating)`;
  if (!unschedulable) return `${name} (NotReady)`;
  return `${name} (cordoned by ${cordonedBy === undefined ? 'somebody else' : `Liftlock, upgrade ${cordonedBy}`})`;
}
