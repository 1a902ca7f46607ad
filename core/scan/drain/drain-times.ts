import type { SelectedPod } from './disruption.ts';
import type { DrainBudget, DrainNode } from './drain-facts.ts';
import type { Together } from './without-surge.ts';

/** An update fails with PodEvictionFailure when EKS cannot drain a node within 15 min (facts: nodes.md §2.2). */
export const LIMIT_SECONDS = 900;
/** The assumed time for a pod to terminate, and for its successor to become Ready. */
export const END_SECONDS = 30;
const START_SECONDS = 30;

interface DrainTimes {
  /** By node. */
  readonly seconds: ReadonlyMap<string, number>;
  /** Pods that wait for their budget longer than EKS does. */
  readonly slow: readonly SelectedPod[];
  /** Those that may, because pods may take their whole grace period to end. */
  readonly late: readonly SelectedPod[];
}

/**
 * How long drains take. Budgets are handled in parallel, and each evicts as many pods at once as it allows. The nodes of a group that are drained
 * together share them, so the last of these nodes waits for the pods of all.
 * @param guarded the evicted pods of each budget
 * @param rounds how many of them each budget lets go at once
 */
export function drainTimes(
  going: readonly SelectedPod[],
  guarded: ReadonlyMap<DrainBudget, readonly SelectedPod[]>,
  rounds: ReadonlyMap<DrainBudget, number>,
  nodes: ReadonlyMap<string, DrainNode>,
  together: Together,
): DrainTimes {
  const seconds = new Map<string, number>();
  const tell = (node: string, time: number) => seconds.set(node, Math.max(seconds.get(node) ?? 0, time));
  for (const one of going) tell(nodeOf(one), assumedEnd(one));
  const slow: SelectedPod[] = [];
  const late: SelectedPod[] = [];
  for (const [budget, pods] of guarded) {
    const allowed = rounds.get(budget) ?? 1;
    const groups = Map.groupBy(pods, (one) => nodes.get(nodeOf(one))?.nodegroup ?? '');
    for (const [group, own] of groups) {
      const atOnce = together(group)?.nodes ?? 1;
      const onNodes = [...Map.groupBy(own, nodeOf)].sort(([, one], [, other]) => other.length - one.length);
      const most = onNodes.slice(0, atOnce).flatMap(([, them]) => them);
      const fewer = onNodes.slice(0, atOnce - 1).flatMap(([, them]) => them);
      for (const [at, [node, mine]] of onNodes.entries()) {
        const batch = at < atOnce ? most : [...fewer, ...mine];
        const time = secondsFor(batch, allowed, assumedEnd);
        tell(node, time);
        if (time > LIMIT_SECONDS) slow.push(...mine);
        else if (secondsFor(batch, allowed, ({ shape }) => shape.graceSeconds) > LIMIT_SECONDS) late.push(...mine);
      }
    }
  }
  return { seconds, slow, late };
}

const nodeOf = ({ pod }: SelectedPod): string => pod.node ?? '';

const assumedEnd = ({ shape }: SelectedPod): number => Math.min(shape.graceSeconds, END_SECONDS);

/** The next pods go when the successors of the ones before are Ready. */
function secondsFor(pods: readonly SelectedPod[], allowed: number, endOf: (one: SelectedPod) => number): number {
  const mean = pods.reduce((sum, one) => sum + endOf(one), 0) / pods.length;
  return Math.ceil(pods.length / allowed) * (mean + START_SECONDS) - START_SECONDS;
}
