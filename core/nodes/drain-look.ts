import type { DrainPod } from '../ports/node-operator.ts';
import { compareTexts } from '../scan/report/order-findings.ts';
import { type DrainLook, isBegun, isStuck, nextNode, placesFor } from './decide-drain.ts';
import { disruptionLedger } from './disruption-ledger.ts';
import type { DrainMemory, DrainObservation, DrainSettings, NodeTry, PodTry } from './drain-move.ts';
import { isEmpty, type NodeStand, pendingOf, standsOf } from './drain-stand.ts';

/** This many nodes are remembered: beside all others, those that were emptied last, since a pod that comes back to a node does so soon. */
const MOST_NODES = 400;
/** A pod that was not asked for this long after its turn, or not seen for this long, belonged to a parked drain: its time begins anew. */
const PARKED_MILLISECONDS = 15 * 60_000;
/** When a pod that nobody asks was last seen is kept to this, so that a look at the same things writes nothing. */
const SEEN_MILLISECONDS = PARKED_MILLISECONDS / 3;

/**
 * Judges an observation. The `memory` of the result is what to remember: what is gone is forgotten, and cordoned nodes begin. The same observation
 * again changes nothing.
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
  const ledger = disruptionLedger(observation.allNodes, outOfService, settings.maxUnavailable, settings.ofCluster);
  const pending = pendingOf(observation, settings, before);
  const here = new Set([...stands.flatMap(({ toGo }) => toGo.map(({ pod }) => pod)), ...pending].map(({ uid }) => uid));
  const isOn = ({ retryAt }: PodTry) => now.getTime() <= Date.parse(retryAt) + PARKED_MILLISECONDS;
  const pods = Object.fromEntries(Object.entries(before.pods).filter(([uid, one]) => here.has(uid) && isOn(one)));
  const since = nodesSince(before, stands, at);
  const { nodes } = since;
  const { allNodes } = observation;
  const look: DrainLook = { stands, allNodes, pending, ledger, settings, now, memory: { pods, ...since } };

  const unasked: PodTry = { since: at, retryAt: at, tries: 0, answer: 'unasked' };
  const remember = ({ uid }: DrainPod): void => {
    const known = pods[uid];
    const isFresh = known !== undefined && now.getTime() - Date.parse(known.retryAt) < SEEN_MILLISECONDS;
    if (known?.answer === 'unasked' && !isFresh) pods[uid] = { ...unasked, since: known.since };
    else if (known === undefined && placesFor('unasked', look) > 0) pods[uid] = unasked;
  };
  const begin = ({ node: { name } }: NodeStand): void => {
    nodes[name] = { ...nodes[name], begunAt: at };
  };
  const waiting = () => stands.filter((one) => one.node.unschedulable && one.toGo.length > 0 && !isBegun(one, look));
  for (const stand of waiting()) if (stand.node.cordonedBy !== undefined) begin(stand);
  // Somebody else has cordoned the other nodes: they need no room of the ledger, but they wait for their turn like the rest.
  for (let next = nextNode(waiting(), look); next; next = nextNode(waiting(), look)) begin(next);
  for (const stand of stands.filter((one) => isBegun(one, look))) {
    for (const { pod, type } of stand.toGo) if (type === 'held') remember(pod);
    const { name } = stand.node;
    if (isStuck(stand, look)) nodes[name] = { stuckAt: at, ...nodes[name] };
  }
  for (const pod of pending) remember(pod);
  const hasBegun = Object.values(nodes).some(({ begunAt }) => begunAt !== undefined);
  const begunAt = before.begunAt ?? (hasBegun ? at : undefined);
  return begunAt === undefined ? look : { ...look, memory: { ...look.memory, begunAt } };
}

/** The remembered nodes that still exist, and when the last one was emptied. */
function nodesSince(before: DrainMemory, stands: readonly NodeStand[], at: string) {
  const nodes: Record<string, NodeTry> = {};
  let { lastDrainedAt } = before;
  const known = Object.entries(before.nodes).sort(([, a], [, b]) => compareTexts(endOf(a), endOf(b)));
  for (const [name, { drainedAt, ...others }] of known.slice(-MOST_NODES)) {
    const stand = stands.find(({ node }) => node.name === name);
    const isOver = stand === undefined || isEmpty(stand);
    if (isOver && others.begunAt !== undefined && drainedAt === undefined) lastDrainedAt = at;
    if (stand?.node.unschedulable === true) nodes[name] = isOver ? { ...others, drainedAt: drainedAt ?? at } : others;
    else if (stand !== undefined && others.stuckAt !== undefined) nodes[name] = { stuckAt: others.stuckAt };
  }
  return { nodes, ...(lastDrainedAt === undefined ? {} : { lastDrainedAt }) };
}

/** Nodes that are not drained sort behind all others. */
const endOf = ({ drainedAt = '~' }: NodeTry): string => drainedAt;
