import { compareTexts } from '../scan/report/order-findings.ts';
import type { DrainLook } from './drain-look.ts';
import type { NodeStand, PodStand } from './drain-stand.ts';

/** Pods in the way that are remembered. No further pod is asked to go, and no further node begun, while so many are. */
export const MOST_PODS = 200;
/** Nodes that are drained at once, whatever the ledger allows. */
const MOST_ACTIVE = 200;

export const isFull = ({ memory }: DrainLook): boolean => Object.keys(memory.pods).length >= MOST_PODS;

export const isBegun = ({ node, toGo }: NodeStand, { memory }: DrainLook): boolean =>
  toGo.length > 0 && memory.nodes[node.name]?.begunAt !== undefined;

/** When a pod that is in the way has been so for too long; undefined where it is not. */
export function overdueAt({ pod, type }: PodStand, { memory, settings }: DrainLook): number | undefined {
  const since = pod.terminatingSince ?? memory.pods[pod.uid]?.since;
  if (type === 'leaving' || since === undefined) return undefined;
  return Date.parse(since) + settings.podTimeoutSeconds * 1000;
}

export const isStuck = ({ toGo }: NodeStand, look: DrainLook): boolean =>
  toGo.some((stand) => (overdueAt(stand, look) ?? Number.POSITIVE_INFINITY) <= look.now.getTime());

/** When the pause after the last node is over. */
export const pauseEnd = ({ memory, settings }: DrainLook): number =>
  Date.parse(memory.lastDrainedAt ?? '1970-01-01') + settings.pauseSeconds * 1000;

/** Which of these nodes begins now: those whose drain failed last, by zone, then fewest pods first. */
export function nextNode(candidates: readonly NodeStand[], look: DrainLook): NodeStand | undefined {
  const active = look.stands.filter((stand) => isBegun(stand, look) && !isStuck(stand, look));
  const { allowed } = look.ledger;
  if (active.length >= Math.min(allowed, MOST_ACTIVE) || isFull(look) || look.now.getTime() < pauseEnd(look))
    return undefined;
  const byZone = look.settings.order === 'zones';
  const [busy, left] = [active, candidates].map((stands) => countBy(stands.map(zoneOf)));
  const rank = (stand: NodeStand): readonly (number | string)[] => {
    const { node, toGo } = stand;
    const zone = zoneOf(stand);
    const spread = byZone ? [] : [busy?.get(zone) ?? 0, -(left?.get(zone) ?? 0)];
    return [look.memory.nodes[node.name]?.stuckAt ?? '', ...spread, zone, toGo.length, node.name];
  };
  return candidates
    .filter((stand) => !byZone || active.length === 0 || busy?.has(zoneOf(stand)) === true)
    .map((stand) => ({ stand, by: rank(stand) }))
    .sort((a, b) => compareRanks(a.by, b.by))[0]?.stand;
}

const zoneOf = ({ node }: NodeStand): string => node.labels['topology.kubernetes.io/zone'] ?? '';

function countBy(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Member by member; those of one place are of one type. */
export function compareRanks(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (const [index, one] of a.entries()) {
    const other = b[index];
    if (one !== other) return typeof one === 'number' ? one - Number(other) : compareTexts(one, `${other}`);
  }
  return 0;
}
