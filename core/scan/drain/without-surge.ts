import { nodesAtOnce, settingsOf } from '../../model/update-settings.ts';
import type { Nodegroup } from '../../ports/eks.ts';
import type { SelectedPod } from './disruption.ts';
import type { DrainNode } from './drain-facts.ts';

/** How many nodes of a group are drained together, and whether new nodes come first; undefined where that is not known. */
export type Together = (nodegroup: string) => { readonly nodes: number; readonly hasSurge: boolean } | undefined;

/** Groups with the update strategy MINIMAL have no surge (facts: eks.md §5.1). */
export const endTogether =
  (nodegroups: readonly Nodegroup[]): Together =>
  (name) => {
    const group = nodegroups.find(({ nodegroupName }) => nodegroupName === name);
    if (group === undefined) return undefined;
    const settings = settingsOf(group);
    return { nodes: nodesAtOnce(settings, group), hasSurge: settings.updateStrategy !== 'MINIMAL' };
  };

/**
 * The pods of a budget on the old nodes of groups without surge, where the budget allows fewer disruptions than there are pods on the nodes that are
 * terminated together. The last pods then wait for successors of the first, and no node for those is promised until the old nodes are empty.
 */
export function crowdOf(
  pods: readonly SelectedPod[],
  allowed: number,
  nodes: ReadonlyMap<string, DrainNode>,
  together: Together,
): ReadonlySet<SelectedPod> {
  const groups = Map.groupBy(pods, ({ pod }) => nodes.get(pod.node ?? '')?.nodegroup ?? '');
  const crowded = [...groups].flatMap(([group, own]) => {
    const { nodes: atOnce, hasSurge = true } = together(group) ?? {};
    if (hasSurge) return [];
    const onNodes = [...Map.groupBy(own, ({ pod }) => pod.node).values()].map(({ length }) => length);
    const most = onNodes.sort((a, b) => b - a).slice(0, atOnce);
    return most.reduce((sum, count) => sum + count, 0) > allowed ? own : [];
  });
  return new Set(crowded);
}
