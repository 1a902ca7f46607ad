import { managedGroup, nodeOwner } from '../model/node-owner.ts';
import { some } from '../model/words.ts';
import type { DrainNode } from '../ports/node-operator.ts';

/** What the ledger needs to know of a node. */
type CountedNode = Pick<DrainNode, 'name' | 'labels' | 'ready' | 'unschedulable'> &
  Partial<Pick<DrainNode, 'terminating' | 'cordonedBy'>>;

/** A number of nodes, or a percentage of all nodes such as `"10%"`; undefined where nobody has set one. */
export type NodeLimit = number | string | undefined;

/**
 * Which nodes of a cluster are down now, whoever took them down, and how many may be. This is counted from what the API server shows, and never
 * stored.
 */
export interface DisruptionLedger {
  readonly down: readonly CountedNode[];
  readonly allowed: number;
  readonly hasRoom: boolean;
}

/**
 * Nodes of Fargate do not count: each runs one pod and has no room for others.
 *
 * @param outOfService names of nodes that a drain has emptied: their replacements exist already, so they count neither as down nor among all nodes
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

/** How many of this many nodes may be down: a percentage is rounded down, to at least 1. */
export const nodesAllowed = (count: number, ...limits: readonly NodeLimit[]): number =>
  Math.min(
    ...limits.map((limit) => {
      if (limit === undefined) return Number.POSITIVE_INFINITY;
      return typeof limit === 'number' ? limit : Math.max(1, Math.floor((count * Number.parseInt(limit, 10)) / 100));
    }),
  );

/**
 * The ledger for the roll of a managed group. EKS cordons all nodes of a group when its roll begins (facts: eks.md §5.1), and a failed roll may leave
 * some cordoned. The next roll replaces those, so nodes of the group count as down only where they are not ready.
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

/** Whether pods may move from one node to the other as far as nodes tell: the other is up, has no taint that theirs lacks, and is not of Fargate. */
export const takesPodsOf = (other: DrainNode, { name, taints }: DrainNode): boolean =>
  other.name !== name &&
  !isDown(other) &&
  nodeOwner(other.labels).kind !== 'fargate' &&
  other.taints.every((key) => taints.includes(key));

/** This many nodes that are down are named. */
const MOST_NAMED = 5;

/** How many nodes are down, how many may be, and which they are, for people. */
export const downText = ({ down, allowed }: DisruptionLedger): string =>
  `Nodes of the cluster that are down: ${down.length}, allowed: ${allowed}: ${some(down.map(whyDown), MOST_NAMED)}.`;

/** A node that is down, with who took it down as far as that shows. */
function whyDown({ name, cordonedBy, terminating, unschedulable }: CountedNode): string {
  if (terminating === true) return `${name} (terminating)`;
  if (!unschedulable) return `${name} (NotReady)`;
  return `${name} (cordoned by ${cordonedBy === undefined ? 'somebody else' : `Liftlock, upgrade ${cordonedBy}`})`;
}
