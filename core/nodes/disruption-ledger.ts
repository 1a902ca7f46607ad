import { nodeOwner } from '../model/node-owner.ts';
import type { DrainNode } from '../ports/node-operator.ts';

/** Which nodes of a cluster are down now, whoever took them, and how many may be. Counted from what the API server shows, never stored. */
export interface DisruptionLedger {
  readonly down: readonly DrainNode[];
  readonly allowed: number;
  readonly hasRoom: boolean;
}

/**
 * @param outOfService names of nodes that a drain has emptied: their replacement was there before, so that they count neither as down nor
 * among all nodes. Nodes of Fargate are one pod each and no room for others.
 */
export function disruptionLedger(
  allNodes: readonly DrainNode[],
  outOfService: ReadonlySet<string>,
  maxUnavailable: number | string,
): DisruptionLedger {
  const counted = allNodes.filter(
    ({ name, labels }) => !outOfService.has(name) && nodeOwner(labels).kind !== 'fargate',
  );
  const down = counted.filter(isDown);
  const share = (counted.length * Number.parseInt(`${maxUnavailable}`, 10)) / 100;
  const allowed = typeof maxUnavailable === 'number' ? maxUnavailable : Math.max(1, Math.floor(share));
  return { down, allowed, hasRoom: down.length < allowed };
}

export const isDown = ({ ready, unschedulable, terminating }: DrainNode): boolean =>
  !ready || unschedulable || terminating;

/** A node that is down, and by whom as far as it shows. */
export function whyDown({ name, cordonedBy, terminating, unschedulable }: DrainNode): string {
  if (terminating) return `${name} (terminating)`;
  if (!unschedulable) return `${name} (NotReady)`;
  return `${name} (cordoned by ${cordonedBy === undefined ? 'somebody else' : `Liftlock, upgrade ${cordonedBy}`})`;
}
