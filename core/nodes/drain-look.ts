import { compareTexts } from '../scan/report/order-findings.ts';
import { type DisruptionLedger, disruptionLedger } from './disruption-ledger.ts';
import type { DrainMemory, DrainObservation, DrainSettings, NodeTry } from './drain-move.ts';
import { isBegun, isFull, isStuck, nextNode } from './drain-order.ts';
import { isEmpty, type NodeStand, standsOf } from './drain-stand.ts';

/** What was observed, judged by the settings and by what is remembered. */
export interface DrainLook {
  readonly stands: readonly NodeStand[];
  readonly ledger: DisruptionLedger;
  readonly settings: DrainSettings;
  readonly memory: DrainMemory;
  readonly now: Date;
}

/** Emptied nodes that are remembered, the last ones: who comes back to a node does so soon. */
const MOST_DRAINED = 200;

/**
 * Its `memory` is what is to be remembered of the look: pods and nodes that are gone are forgotten, and nodes begin that are cordoned.
 * The same look again changes nothing.
 */
export function lookAt(
  observation: DrainObservation,
  settings: DrainSettings,
  before: DrainMemory,
  now: Date,
): DrainLook {
  const at = now.toISOString();
  const stands = standsOf(observation, settings, before, now);
  const outOfService = new Set(stands.filter(isEmpty).map(({ node }) => node.name));
  const ledger = disruptionLedger(observation.allNodes, outOfService, settings.maxUnavailable);
  const here = new Set(stands.flatMap(({ toGo }) => toGo.map(({ pod }) => pod.uid)));
  const pods = Object.fromEntries(Object.entries(before.pods).filter(([uid]) => here.has(uid)));
  const { nodes, lastDrainedAt } = nodesSince(before, stands, at);
  const isCounted = ([key]: [string, number]) => nodes[key.split(' ', 1)[0] ?? '']?.begunAt !== undefined;
  const cameBack = Object.fromEntries(Object.entries(before.cameBack).filter(isCounted));
  const look: DrainLook = { stands, ledger, settings, now, memory: { pods, nodes, cameBack, lastDrainedAt } };

  const begin = ({ node: { name } }: NodeStand): void => {
    nodes[name] = { ...nodes[name], begunAt: at };
  };
  const isWaiting = (stand: NodeStand) => stand.node.unschedulable && stand.toGo.length > 0 && !isBegun(stand, look);
  for (const stand of stands) if (isWaiting(stand) && stand.node.cordonedBy !== undefined) begin(stand);
  // Somebody else has cordoned these: they need no room of the ledger, and have their turn all the same.
  for (let next = nextNode(stands.filter(isWaiting), look); next; next = nextNode(stands.filter(isWaiting), look))
    begin(next);
  for (const stand of stands.filter((one) => isBegun(one, look))) {
    for (const { pod, type } of stand.toGo)
      if (type === 'held' && !isFull(look)) pods[pod.uid] ??= { since: at, retryAt: at, tries: 0, answer: 'unasked' };
    const { name } = stand.node;
    if (isStuck(stand, look)) nodes[name] = { ...nodes[name], stuckAt: nodes[name]?.stuckAt ?? at };
  }
  return look;
}

/** The nodes that are still there, and when the last one ended. */
function nodesSince(before: DrainMemory, stands: readonly NodeStand[], at: string) {
  const nodes: Record<string, NodeTry> = {};
  let { lastDrainedAt } = before;
  for (const [name, { begunAt, drainedAt, stuckAt }] of Object.entries(before.nodes)) {
    const stand = stands.find(({ node }) => node.name === name);
    const isOver = stand === undefined || isEmpty(stand);
    if (isOver && begunAt !== undefined && drainedAt === undefined) lastDrainedAt = at;
    if (stand?.node.unschedulable === true)
      nodes[name] = { begunAt, drainedAt: isOver ? (drainedAt ?? at) : undefined, stuckAt };
    else if (stand !== undefined && stuckAt !== undefined) nodes[name] = { stuckAt };
  }
  const drained = Object.entries(nodes)
    .flatMap(([name, { drainedAt }]) => (drainedAt === undefined ? [] : [[name, drainedAt] as const]))
    .sort(([, a], [, b]) => compareTexts(a, b));
  for (const [name] of drained.slice(0, Math.max(0, drained.length - MOST_DRAINED))) delete nodes[name];
  return { nodes, lastDrainedAt };
}
