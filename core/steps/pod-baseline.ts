import { z } from 'zod';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Pod } from '../ports/cluster-access.ts';

/** The pods that were not well before anything was changed: how many, how many of each workload, and the names of the first of them. */
const podBaseline = z.object({
  count: z.number(),
  names: z.array(z.string()),
  /** Of the first workloads; absent of a baseline that an older version took. */
  workloads: z.record(z.string(), z.number()).optional(),
});
export type PodBaseline = z.infer<typeof podBaseline>;

const MOST_NAMES = 50;

export function takeBaseline(unhealthy: readonly Pod[]): PodBaseline {
  const workloads = [...Map.groupBy(unhealthy, workloadOf)].slice(0, MOST_NAMES);
  return {
    count: unhealthy.length,
    names: unhealthy.slice(0, MOST_NAMES).map(nameOf),
    workloads: Object.fromEntries(workloads.map(([workload, pods]) => [workload, pods.length])),
  };
}

/** As the scan of this upgrade took it; undefined when there was none. */
export function baselineOf(upgrade: Upgrade | undefined): PodBaseline | undefined {
  const parsed = podBaseline.safeParse(upgrade?.steps['scan-cluster']?.detail?.unhealthyPods);
  return parsed.success ? parsed.data : undefined;
}

/**
 * The names of pods that are not well, of workloads of which fewer or none were before; those that were not well themselves are left out. What
 * others have got better makes up for nothing, but for pods of workloads that the baseline did not keep.
 */
export function newlyUnhealthy(baseline: PodBaseline, unhealthy: readonly Pod[]): string[] {
  const { count, names, workloads = {} } = baseline;
  const known = new Set(names);
  const notKept = count - Object.values(workloads).reduce((sum, one) => sum + one, 0);
  const grown = [...Map.groupBy(unhealthy, workloadOf)].flatMap(([workload, pods]) => {
    const more = pods.length - (workloads[workload] ?? 0);
    return more > 0 ? [{ more, pods }] : [];
  });
  if (grown.reduce((sum, { more }) => sum + more, 0) <= notKept) return [];
  return grown.flatMap(({ pods }) => pods.map(nameOf).filter((name) => !known.has(name)));
}

const nameOf = ({ namespace, name }: Pod): string => `${namespace}/${name}`;

/** Jobs come and go under new names, and so do pods of their own: those of one namespace count together. */
function workloadOf({ namespace, controller = 'Pod' }: Pod): string {
  return controller.startsWith('Job/') ? `${namespace}/Job` : `${namespace}/${controller}`;
}
