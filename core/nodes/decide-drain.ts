import type { ReasonCode } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { some } from '../model/words.ts';
import type { DrainNode, DrainPod } from '../ports/node-operator.ts';
import { ownershipOf } from '../scan/owner/owner.ts';
import { compareTexts } from '../scan/report/order-findings.ts';
import { type DisruptionLedger, downText, isDown, takesPodsOf } from './disruption-ledger.ts';
import type { DrainMemory, DrainMove, DrainSettings, PodTry } from './drain-move.ts';
import { BUDGET_ROOM } from './drain-settings.ts';
import { isEmpty, isUncordoned, type NodeStand, type PodStand } from './drain-stand.ts';
import { leftCordoned } from './left-cordoned.ts';

/** What was observed, judged by the settings and by what the drain remembers. */
export interface DrainLook {
  readonly stands: readonly NodeStand[];
  readonly allNodes: readonly DrainNode[];
  /** Pods that the drain has left without a node: while there are any, nothing else goes. */
  readonly pending: readonly DrainPod[];
  readonly ledger: DisruptionLedger;
  readonly settings: DrainSettings;
  readonly memory: DrainMemory;
  readonly now: Date;
}

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

const podName = ({ namespace, name }: DrainPod): string => `${namespace}/${name}`;

function doneReasons({ stands }: DrainLook): Reason[] {
  if (stands.length === 0) return [reason('Drained', 'The cluster has no node of the group.')];
  const left = stands.flatMap(({ node, skipped }) => skipped.map((pod) => `${podName(pod)} on ${node.name}`));
  const rest = left.length === 0 ? '' : ` A rule of the policy leaves ${some(left, 5)}.`;
  const emptied = `Nodes of the drain that hold nothing any more that has to go: ${stands.length}.${rest}`;
  return [reason('Drained', `${emptied} ${leftCordoned(stands.map(({ node }) => node.name))}`)];
}

/** What an answer of the API server means for a pod that is in the way; # stands for the answer's message. */
const ANSWERED: Readonly<Record<Exclude<PodTry['answer'], 'gone' | 'unasked'>, readonly [ReasonCode, string]>> = {
  accepted: ['DrainTerminating', 'its eviction was accepted, and it does not show yet'],
  budget: ['DrainBudget', `#. Give it room: ${BUDGET_ROOM}`],
  busy: ['DrainTerminating', 'the API server has no place for its eviction now (#)'],
  severalBudgets: ['DrainSeveralBudgets', 'several budgets select it, so no eviction passes. Leave it only one'],
  namespaceTerminating: ['DrainTerminating', 'its namespace is being deleted, and it goes with that'],
  refused: ['DrainRefused', 'the API server refused its eviction: #. Look at the webhooks asked about it'],
};

/** What a budget answers whose pods its controller cannot count, for ever where a pod of it has a controller without scale (facts: nodes.md §1). */
const UNCOUNTED = / (?:is still being processed by the server|.* because it failed sync: )/;
const UNCOUNTED_TEXT =
  '#. No number of replicas helps while its pods cannot be counted: give it an integer minAvailable, or a selector that leaves out pods of Jobs and DaemonSets';

/** "Pod team-a/web-7d9 (Deployment/web, team checkout) has blocked node ip-10-0-1-2 for 12 min: budget web-pdb allows 0 disruptions …" */
function podReason({ name }: DrainNode, stand: PodStand, look: DrainLook): Reason {
  const { pod } = stand;
  const minutes = Math.floor((look.now.getTime() - sinceOf(stand, look)) / 60_000);
  const { owner } = ownershipOf({ labels: pod.labels });
  const team = owner === undefined || /^(?:Argo CD|Flux|Helm) /.test(owner) ? owner : `team ${owner}`;
  const about = [pod.controller ?? 'no controller', team].filter((text) => text !== undefined).join(', ');
  const time = minutes < 1 ? 'less than a minute' : `${minutes} min`;
  const { answer = 'accepted', message = '' } = look.memory.pods[pod.uid] ?? {};
  const answered = ANSWERED[answer === 'gone' || answer === 'unasked' ? 'accepted' : answer];
  const isUncounted = answer === 'budget' && UNCOUNTED.test(message);
  const [code, why] = stand.why ?? (isUncounted ? (['DrainBudget', UNCOUNTED_TEXT] as const) : answered);
  const allows = isUncounted ? '' : ' allows 0 disruptions, it';
  const none = message.replace(/^.*disruption budget ([^\s.]\S*) /i, `budget $1${allows} `);
  const said = why.replace('#', () => none.replace(/\.$/, ''));
  return reason(code, `Pod ${podName(pod)} (${about}) has blocked node ${name} for ${time}: ${said}.`);
}

/** "Pods made since the drain began that have no node: 1, the first for 12 min: shop/api-7d9 (Deployment/api). …" */
function pendingReason(look: DrainLook): Reason {
  const { pending, now, settings } = look;
  const [{ namespace, name } = { namespace: '', name: '' }] = pending;
  const minutes = Math.floor((now.getTime() - pendingSince(look)) / 60_000);
  const who = pending.map((pod) => `${podName(pod)} (${pod.controller ?? 'no controller'})`);
  const said = `Pods made since the drain began that have no node: ${pending.length}, the first for ${minutes} min: ${some(who)}.`;
  const next = `Nothing else is cordoned or evicted until they have one. After ${settings.podTimeoutSeconds / 60} min (podTimeout) the drain fails, and its cordons are taken back. What keeps them: kubectl -n ${namespace} describe pod ${name}. Give them nodes that take them, or cancel the drain.`;
  return reason('DrainPodsPending', `${said} ${next}`);
}

/** What nodes wait for, apart from single pods. `waiting`: the nodes that have not begun. */
function nodeReasons(look: DrainLook, open: readonly NodeStand[], waiting: readonly NodeStand[]): Reason[] {
  const { ledger, now } = look;
  const uncordoned = open.filter(isUncordoned).map(({ node }) => {
    const message = `Somebody has taken off the cordon that Liftlock (upgrade ${node.cordonedBy}) had put on node ${node.name}, so it is left as it is. Cordon it again to have it drained.`;
    return reason('DrainUncordoned', message);
  });
  const end = pauseEnd(look);
  const full = `${MOST_AT_ONCE} pods are in the way; others are asked to go when some of them have.`;
  const room = `Nodes of the drain that wait for room: ${waiting.length}. ${downText(ledger)}`;
  // What is waited for comes first: by their first reason looks in a row are counted.
  if (isFull(look)) return [reason('DrainNoRoom', full), ...uncordoned];
  if (waiting.length > 0 && end > now.getTime())
    return [reason('DrainPause', `The next node begins at ${new Date(end).toISOString()}.`), ...uncordoned];
  if (waiting.length > 0 && !ledger.hasRoom) return [reason('DrainNoRoom', room), ...uncordoned];
  return uncordoned;
}

/**
 * This many pods that were asked to go are remembered, and as many that nobody asks. While so many were asked, no other pod is asked to go and no
 * node begins; pods that nobody asks keep no other pod waiting. At most as many nodes are drained at once.
 */
const MOST_AT_ONCE = 200;

const isUnasked = (one: Pick<PodTry, 'answer'> | undefined): boolean => one === undefined || one.answer === 'unasked';

/** How many more pods may be asked to go, or remembered of those that nobody asks. */
export const placesFor = (which: 'asked' | 'unasked', { memory }: DrainLook): number =>
  MOST_AT_ONCE - Object.values(memory.pods).filter((one) => isUnasked(one) === (which === 'unasked')).length;

const isFull = (look: DrainLook): boolean => placesFor('asked', look) <= 0;

export const isBegun = ({ node, toGo }: NodeStand, { memory }: DrainLook): boolean =>
  toGo.length > 0 && memory.nodes[node.name]?.begunAt !== undefined;

/** Since when a pod is in the way, in epoch milliseconds; where that is not known NaN, which is neither before nor after anything. */
const sinceOf = ({ pod }: PodStand, { memory }: DrainLook): number =>
  Date.parse(pod.terminatingSince ?? memory.pods[pod.uid]?.since ?? '');

/** Since when the drain has seen a pod without a node, in epoch milliseconds. What was before a park does not count, since it did not look then. */
const pendingSince = ({ pending, memory }: DrainLook): number =>
  Math.min(...pending.map(({ uid, createdAt }) => Date.parse(memory.pods[uid]?.since ?? createdAt)));

/**
 * When the pod has been in the way for too long: never while it is to complete, nor before its API server has said anything about its eviction, for
 * which neither pod nor budget can help.
 */
function overdueAt(stand: PodStand, look: DrainLook): number {
  const known = look.memory.pods[stand.pod.uid];
  const isUnheard = stand.type === 'evict' && (known?.answer === 'busy' || known?.answer === 'unasked');
  const isAwaited = stand.why?.[0] === 'DrainAwaitsCompletion';
  return isUnheard || isAwaited
    ? Number.POSITIVE_INFINITY
    : sinceOf(stand, look) + look.settings.podTimeoutSeconds * 1000;
}

export const isStuck = ({ toGo }: NodeStand, look: DrainLook): boolean =>
  toGo.some((stand) => stand.type !== 'leaving' && overdueAt(stand, look) <= look.now.getTime());

const pauseEnd = ({ memory, settings }: DrainLook): number =>
  Date.parse(memory.lastDrainedAt ?? '1970-01-01') + settings.pauseSeconds * 1000;

export const zoneOf = ({ labels }: DrainNode): string => labels['topology.kubernetes.io/zone'] ?? '';

/** The node of these that begins now. Nodes whose drain failed come last; the others go by zone, then those with the fewest pods first. */
export function nextNode(candidates: readonly NodeStand[], look: DrainLook): NodeStand | undefined {
  const active = look.stands.filter((stand) => isBegun(stand, look) && !isStuck(stand, look));
  const hasTurn = active.length < Math.min(look.ledger.allowed, MOST_AT_ONCE) && look.now.getTime() >= pauseEnd(look);
  if (!hasTurn || isFull(look)) return undefined;
  const countIn = (stands: readonly NodeStand[], zone: string) =>
    stands.filter(({ node }) => zoneOf(node) === zone).length;
  const byZone = look.settings.order === 'zones';
  const ranked = candidates.map((stand) => {
    const zone = zoneOf(stand.node);
    const spread = byZone ? [] : [countIn(active, zone), -countIn(candidates, zone)];
    const { name } = stand.node;
    return { stand, zone, by: [look.memory.nodes[name]?.stuckAt ?? '', ...spread, zone, stand.size, name] };
  });
  return ranked
    .filter(({ zone }) => !byZone || active.length === 0 || countIn(active, zone) > 0)
    .sort((a, b) => compareRanks(a.by, b.by))[0]?.stand;
}

/** Compares two ranks place by place; in each place both have the same type. */
function compareRanks(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  const index = a.findIndex((one, at) => one !== b[at]);
  const [one = 0, other = 0] = [a[index], b[index]];
  return typeof one === 'number' ? one - Number(other) : compareTexts(one, `${other}`);
}
