import { nodesAtOnce, settingsOf } from '../../model/update-settings.ts';
import type { Nodegroup } from '../../ports/eks.ts';
import type { SelectedPod } from './disruption.ts';
import type { DrainNode } from './drain-facts.ts';

/** How many nodes of a group are terminated together before new nodes exist; undefined where new nodes come first. */
export type WithoutSurge = (nodegroup: string) => number | undefined;

/** Groups with the update strategy MINIMAL have no surge (facts: eks.md §5.1). */
export const endTogether =
  (nodegroups: readonly Nodegroup[]): WithoutSurge =>
  (name) => {
    const group = nodegroups.find(({ nodegroupName }) => nodegroupName === name);
    if (group?.updateConfig?.updateStrategy !== 'MINIMAL') return undefined;
    return nodesAtOnce(settingsOf(group), group);
  };

/**
 * The pods of a budget on the old nodes of groups without surge, where the budget allows fewer disruptions than there are pods on the nodes that are
 * terminated together. The last pods then wait for successors of the first, and no node for those is promised until the old nodes are empty.
 */
export function crowdOf(
  pods: readonly SelectedPod[],
  allowed: number,
  nodes: ReadonlyMap<string, DrainNode>,
  withoutSurge: WithoutSurge,
): ReadonlySet<SelectedPod> {
  const groups = Map.groupBy(pods, ({ pod }) => nodes.get(pod.node ?? '')?.nodegroup ?? '');
  const crowded = [...groups].flatMap(([group, own]) => {
    const together = withoutSurge(group);
    if (together === undefined) return [];
    const onNodes = [...Map.groupBy(own, ({ pod }) => pod.node).values()].map(({ length }) => length);
    const most = onNodes.sort((a, b) => b - a).slice(0, together);
    return most.reduce((sum, count) => sum + count, 0) > allowed ? own : [];
  });
  return new Set(crowded);
}
