import { nodesAtOnce, settingsOf } from '../../model/update-settings.ts';
import type { Nodegroup } from '../../ports/eks.ts';
import type { SelectedPod } from './disruption.ts';
import type { DrainNode } from './drain-facts.ts';

/** How many nodes of a group end together before there are new ones; undefined where new ones come first. */
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
 * Pods of a budget in groups whose old nodes end first: where more of them are on the nodes that end together than the budget lets go, the last
 * ones wait for successors of the first, for which no node is promised until these nodes are empty.
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
