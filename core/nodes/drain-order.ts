import type { DrainNode } from '../ports/node-operator.ts';
import { compareTexts } from '../scan/report/order-findings.ts';
import type { DrainLook } from './drain-look.ts';
import type { PodTry } from './drain-move.ts';
import type { NodeStand, PodStand } from './drain-stand.ts';

/**
 * This many pods that were asked to go are remembered, and as many that nobody asks. While so many were asked, no other pod is asked to go and no
 * node begins; pods that nobody asks keep no other pod waiting. At most as many nodes are drained at once.
 */
export const MOST_AT_ONCE = 200;

export const isUnasked = (one: Pick<PodTry, 'answer'> | undefined): boolean =>
  one === undefined || one.answer === 'unasked';

/** How many more pods may be asked to go, or remembered of those that nobody asks. */
export const placesFor = (which: 'asked' | 'unasked', { memory }: DrainLook): number =>
  MOST_AT_ONCE - Object.values(memory.pods).filter((one) => isUnasked(one) === (which === 'unasked')).length;

export const isFull = (look: DrainLook): boolean => placesFor('asked', look) <= 0;

export const isBegun = ({ node, toGo }: NodeStand, { memory }: DrainLook): boolean =>
  toGo.length > 0 && memory.nodes[node.name]?.begunAt !== undefined;

/** Since when a pod is in the way, in epoch milliseconds; where that is not known NaN, which is neither before nor after anything. */
export const sinceOf = ({ pod }: PodStand, { memory }: DrainLook): number =>
  Date.parse(pod.terminatingSince ?? memory.pods[pod.uid]?.since ?? '');

/** Since when the drain has seen a pod without a node, in epoch milliseconds. What was before a park does not count, since it did not look then. */
export const pendingSince = ({ pending, memory }: DrainLook): number =>
  Math.min(...pending.map(({ uid, createdAt }) => Date.parse(memory.pods[uid]?.since ?? createdAt)));

/**
 * When the pod has been in the way for too long: never while it is to complete, nor before its API server has said anything about its eviction, for
 * which neither pod nor budget can help.
 */
export function overdueAt(stand: PodStand, look: DrainLook): number {
  const known = look.memory.pods[stand.pod.uid];
  const isUnheard = stand.type === 'evict' && (known?.answer === 'busy' || known?.answer === 'unasked');
  const isAwaited = stand.why?.[0] === 'DrainAwaitsCompletion';
  return isUnheard || isAwaited
    ? Number.POSITIVE_INFINITY
    : sinceOf(stand, look) + look.settings.podTimeoutSeconds * 1000;
}

export const isStuck = ({ toGo }: NodeStand, look: DrainLook): boolean =>
  toGo.some((stand) => stand.type !== 'leaving' && overdueAt(stand, look) <= look.now.getTime());

export const pauseEnd = ({ memory, settings }: DrainLook): number =>
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
export function compareRanks(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  const index = a.findIndex((one, at) => one !== b[at]);
  const [one = 0, other = 0] = [a[index], b[index]];
  return typeof one === 'number' ? one - Number(other) : compareTexts(one, `${other}`);
}
