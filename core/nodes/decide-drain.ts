import type { Reason } from '../contracts/step-result.ts';
import { isDown } from './disruption-ledger.ts';
import { type DrainLook, lookAt } from './drain-look.ts';
import type { DrainMemory, DrainMove, DrainObservation, DrainSettings } from './drain-move.ts';
import { compareRanks, isBegun, isFull, isStuck, MOST_PODS, nextNode, overdueAt, pauseEnd } from './drain-order.ts';
import { isEmpty, isUncordoned, type NodeStand, type PodStand } from './drain-stand.ts';
import { doneReasons, nodeReasons, podReason } from './drain-words.ts';

/** Evictions of one node by one invocation: they have 25 seconds, and each takes less than one. */
const MOST_EVICTIONS = 20;
const LEAVING_SECONDS = 5;
/** How soon it is looked again for what others end. */
const LOOK_SECONDS = 30;
const LONGEST_WAIT_SECONDS = 300;

/** The next thing to do. What is to be remembered of the same look is `lookAt(…).memory`. */
export function decideDrain(
  observation: DrainObservation,
  settings: DrainSettings,
  memory: DrainMemory,
  now: Date,
): DrainMove {
  const look = lookAt(observation, settings, memory, now);
  const open = look.stands.filter((stand) => !isEmpty(stand));
  if (open.length === 0) return { type: 'done', reasons: doneReasons(look) };
  const uncordoned = open.filter((stand) => !stand.node.unschedulable && !isUncordoned(stand));
  const next = nextNode(
    uncordoned.filter(({ node }) => look.ledger.hasRoom || isDown(node)),
    look,
  );
  if (next !== undefined) return { type: 'cordon', node: next.node };
  return nextEvictions(look) ?? waitOrStuck(look, open);
}

/** Of one node: those that are not stuck first, and of these the one whose pods were asked least. */
function nextEvictions(look: DrainLook): DrainMove | undefined {
  const [first] = look.stands
    .filter((stand) => isBegun(stand, look))
    .map((stand) => ({ node: stand.node, isLate: isStuck(stand, look) ? 1 : 0, pods: duePods(stand, look) }))
    .flatMap(({ pods: [least, ...others], ...of }) =>
      least === undefined ? [] : [{ ...of, pods: [least, ...others], by: [of.isLate, triesOf(least, look)] }],
    )
    .sort((a, b) => compareRanks(a.by, b.by));
  if (first === undefined) return undefined;
  const pods = first.pods
    .slice(0, MOST_EVICTIONS)
    .map(({ pod: { namespace, name, uid } }) => ({ namespace, name, uid }));
  return { type: 'evict', node: first.node, pods };
}

const triesOf = ({ pod }: PodStand, { memory }: DrainLook): number => memory.pods[pod.uid]?.tries ?? 0;

/** Pods of the lowest order that is left on the node. Who stays for a reason of the policy's holds no others. */
function duePods({ toGo }: NodeStand, look: DrainLook): PodStand[] {
  const { pods } = look.memory;
  const holding = toGo.filter(({ type, pod }) => type !== 'held' || pod.terminatingSince !== undefined);
  const lowest = Math.min(...holding.map(({ order }) => order));
  let places = MOST_PODS - Object.keys(pods).length;
  return toGo
    .filter(({ type, order }) => type === 'evict' && order === lowest)
    .map((stand) => ({ stand, by: [triesOf(stand, look), `${stand.pod.namespace}/${stand.pod.name}`] }))
    .sort((a, b) => compareRanks(a.by, b.by))
    .filter(({ stand: { pod } }) => {
      const known = pods[pod.uid];
      return known === undefined ? places-- > 0 : Date.parse(known.retryAt) <= look.now.getTime();
    })
    .map(({ stand }) => stand);
}

function waitOrStuck(look: DrainLook, open: readonly NodeStand[]): DrainMove {
  const now = look.now.getTime();
  /** When it is looked again, for what can still go by itself and for what is only asked again. */
  const moving: number[] = [];
  const askedAgain: number[] = [];
  for (const stand of open.filter((one) => isBegun(one, look)).flatMap(({ toGo }) => toGo)) {
    const retryAt = Date.parse(look.memory.pods[stand.pod.uid]?.retryAt ?? '');
    const again = stand.type === 'evict' && retryAt > now ? retryAt : now + LOOK_SECONDS * 1000;
    const overdue = overdueAt(stand, look);
    if (stand.type === 'leaving') moving.push(now + LEAVING_SECONDS * 1000);
    else if (overdue !== undefined && overdue > now) moving.push(Math.min(again, overdue));
    else askedAgain.push(again);
  }
  const waiting = open.filter((stand) => !isBegun(stand, look) && !isUncordoned(stand));
  if (waiting.length > 0 && pauseEnd(look) > now) moving.push(pauseEnd(look));
  else if (waiting.length > 0 && wouldHaveRoom(look) && !isFull(look)) moving.push(now + LOOK_SECONDS * 1000);
  const reasons = waitingReasons(look, open, waiting);
  if (moving.length === 0) return { type: 'stuck', reasons };
  const seconds = Math.ceil((Math.min(...moving, ...askedAgain) - now) / 1000);
  return { type: 'wait', seconds: Math.min(LONGEST_WAIT_SECONDS, seconds), reasons };
}

/** Where others bring their nodes back. */
function wouldHaveRoom({ ledger, stands }: DrainLook): boolean {
  const own = new Set(stands.map(({ node }) => node.name));
  const others = ledger.down.filter(({ name }) => !own.has(name)).length;
  return others > 0 && ledger.down.length - others < ledger.allowed;
}

/** Pods first, those that have been in the way for longest before others. */
function waitingReasons(look: DrainLook, open: readonly NodeStand[], waiting: readonly NodeStand[]): Reason[] {
  const pods = open
    .filter((stand) => isBegun(stand, look))
    .flatMap(({ node, toGo }) => toGo.map((stand) => ({ node, stand, overdue: overdueAt(stand, look) })))
    .flatMap(({ node, stand, overdue }) => (overdue === undefined ? [] : [{ node, stand, overdue }]))
    .sort((a, b) => a.overdue - b.overdue);
  return [...pods.map(({ node, stand }) => podReason(node, stand, look)), ...nodeReasons(look, open, waiting)];
}
