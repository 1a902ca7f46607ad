import { type Reason, reason } from '../contracts/step-result.ts';
import type { DrainNode } from '../ports/node-operator.ts';
import { isDown, takesPodsOf } from './disruption-ledger.ts';
import type { DrainLook } from './drain-look.ts';
import type { DrainMove } from './drain-move.ts';
import {
  compareRanks,
  isBegun,
  isFull,
  isStuck,
  isUnasked,
  nextNode,
  overdueAt,
  pauseEnd,
  pendingSince,
  placesFor,
  sinceOf,
} from './drain-order.ts';
import { isEmpty, isUncordoned, type NodeStand } from './drain-stand.ts';
import { doneReasons, nodeReasons, pendingReason, podReason } from './drain-words.ts';

/** One invocation evicts this many pods of one node: it has 25 seconds, and each eviction takes less than one. */
const MOST_EVICTIONS = 20;
const LEAVING_SECONDS = 5;
/** After this many seconds the drain looks again for what others have to end. */
const LOOK_SECONDS = 30;
const LONGEST_WAIT_SECONDS = 300;

/** The next thing to do. The caller remembers the look's `memory`. */
export function decideDrain(look: DrainLook): DrainMove {
  if (look.pending.length > 0) return waitForNodes(look);
  const open = look.stands.filter((stand) => !isEmpty(stand));
  if (open.length === 0) return doneOnceSettled(look);
  const uncordoned = open.filter((stand) => !stand.node.unschedulable && !isUncordoned(stand));
  const fitting = uncordoned.filter(({ node }) => look.ledger.hasRoom || isDown(node));
  const next = nextNode(fitting, look);
  if (next !== undefined) return { type: 'cordon', node: next.node };
  return nextEvictions(look) ?? waitOrStuck(look, open);
}

/** The drain waits a moment after the last pod: a StatefulSet makes its pod again only after the old one has gone, and the new pod may find no node. */
function doneOnceSettled(look: DrainLook): DrainMove {
  const left = Date.parse(look.memory.lastDrainedAt ?? '') / 1000 + LEAVING_SECONDS - look.now.getTime() / 1000;
  if (!(left > 0)) return { type: 'done', reasons: doneReasons(look) };
  const said = 'The nodes are empty. It is looked once more whether what ran there has other nodes.';
  return { type: 'wait', seconds: Math.ceil(left), reasons: [reason('Draining', said)] };
}

/** Waits for pods without a node for as long as for a pod that stands in the way: then the cordons are taken back, which gives those pods nodes. */
function waitForNodes(look: DrainLook): DrainMove {
  const since = pendingSince(look);
  const left = since / 1000 + look.settings.podTimeoutSeconds - look.now.getTime() / 1000;
  const reasons = [pendingReason(look)];
  // Where there is room, the scheduler takes a moment; a new node takes minutes.
  const seconds = look.now.getTime() - since < 60_000 ? LEAVING_SECONDS : LOOK_SECONDS;
  return left <= 0
    ? { type: 'stuck', reasons }
    : { type: 'wait', seconds: Math.ceil(Math.min(seconds, left)), reasons };
}

/** The evictions of one node: nodes that are not stuck come first, and of these the node whose pods were asked the fewest times. */
function nextEvictions(look: DrainLook): DrainMove | undefined {
  const [first] = look.stands
    .filter((stand) => isBegun(stand, look))
    .map((stand) => ({ ...stand, due: duePods(stand, look) }))
    .filter(({ due, node }) => due.length > 0 && (isTakenOver(node, look) || !isAnyLeaving(look)))
    .map((stand) => ({ ...stand, by: [Number(isStuck(stand, look)), stand.due[0]?.tries ?? 0] }))
    .sort((a, b) => compareRanks(a.by, b.by));
  const pods = first?.due
    .slice(0, first && isTakenOver(first.node, look) ? MOST_EVICTIONS : 1)
    .map(({ pod: { namespace, name, uid } }) => ({ namespace, name, uid }));
  return first === undefined || pods === undefined ? undefined : { type: 'evict', node: first.node, pods };
}

/**
 * Whether another node can take the pods of this one. Where none can, pods go one after the other, since an autoscaler makes nodes only for pods that
 * have none.
 */
const isTakenOver = (node: DrainNode, { allNodes }: DrainLook): boolean =>
  allNodes.some((other) => takesPodsOf(other, node));
const isAnyLeaving = ({ stands }: DrainLook): boolean =>
  stands.some(({ toGo }) => toGo.some(({ pod }) => pod.terminatingSince !== undefined));

/**
 * The pods of the lowest order that is left on the node, those that were asked the fewest times first. A pod that the policy keeps does not hold back
 * pods of a higher order.
 */
function duePods({ toGo }: NodeStand, look: DrainLook) {
  const { memory, now } = look;
  const holding = toGo.filter(({ type, pod }) => type !== 'held' || pod.terminatingSince !== undefined);
  const lowest = Math.min(...holding.map(({ order }) => order));
  let places = placesFor('asked', look);
  return toGo
    .filter(({ type, order }) => type === 'evict' && order === lowest)
    .map(({ pod }) => ({ pod, tries: 0, ...memory.pods[pod.uid] }))
    .sort((a, b) => compareRanks([a.tries, a.pod.namespace, a.pod.name], [b.tries, b.pod.namespace, b.pod.name]))
    .filter(({ pod, retryAt = '' }) =>
      isUnasked(memory.pods[pod.uid]) ? places-- > 0 : Date.parse(retryAt) <= now.getTime(),
    );
}

/** The pods of nodes that have begun, with when each has been in the way for too long. */
const podsOfBegun = (look: DrainLook) =>
  look.stands
    .filter((one) => isBegun(one, look))
    .flatMap(({ node, toGo }) => toGo.map((stand) => ({ node, stand, overdue: overdueAt(stand, look) })));

/** The pods that are known to be in the way, those that have been it the longest first, each with its reason. */
export const podsInTheWay = (look: DrainLook): { readonly uid: string; readonly reason: Reason }[] =>
  podsOfBegun(look)
    .filter(({ stand }) => !Number.isNaN(sinceOf(stand, look)))
    .sort((a, b) => a.overdue - b.overdue)
    .map(({ node, stand }) => ({ uid: stand.pod.uid, reason: podReason(node, stand, look) }));

function waitOrStuck(look: DrainLook, open: readonly NodeStand[]): DrainMove {
  const now = look.now.getTime();
  const soon = now + LOOK_SECONDS * 1000;
  const pods = podsOfBegun(look);
  const waiting = open.filter((stand) => !isBegun(stand, look) && !isUncordoned(stand));
  /** When the drain looks again for what can still go. */
  const moving = pods.flatMap(({ stand, overdue }) => {
    const retryAt = Date.parse(look.memory.pods[stand.pod.uid]?.retryAt ?? '');
    if (stand.type === 'leaving') return [now + LEAVING_SECONDS * 1000];
    return overdue > now ? [Math.min(overdue, stand.type === 'evict' && retryAt > now ? retryAt : soon)] : [];
  });
  if (waiting.length > 0 && pauseEnd(look) > now) moving.push(pauseEnd(look));
  else if (waiting.length > 0 && wouldHaveRoom(look) && !isFull(look)) moving.push(soon);
  const reasons = [...podsInTheWay(look).map((one) => one.reason), ...nodeReasons(look, open, waiting)];
  if (moving.length === 0) return { type: 'stuck', reasons };
  const seconds = Math.ceil((Math.min(...moving) - now) / 1000);
  return { type: 'wait', seconds: Math.min(LONGEST_WAIT_SECONDS, seconds), reasons };
}

/** Whether there will be room once other upgrades and people have brought back the nodes that they took down. */
const wouldHaveRoom = ({ ledger, stands }: DrainLook): boolean =>
  ledger.down.filter(({ name }) => stands.some(({ node }) => node.name === name)).length < ledger.allowed;
