import type { NodeState } from '../../kubernetes/kubernetes-state.ts';
import { draw, type World } from '../operation-context.ts';
import type { ClusterRecord } from '../state/fake-eks-state.ts';
import { later } from '../updates.ts';

export function hasAutoMode(cluster: ClusterRecord): boolean {
  return cluster.description.computeConfig?.enabled === true;
}

/** Labels that identify Auto Mode nodes. */
export const autoModeLabels: Readonly<Record<string, string>> = {
  'eks.amazonaws.com/compute-type': 'auto',
  'karpenter.sh/nodepool': 'general-purpose',
};

export function isAutoModeNode(node: NodeState): boolean {
  return node.labels['eks.amazonaws.com/compute-type'] === 'auto';
}

/** Auto Mode nodes start to follow the control plane as soon as it has moved (facts: eks.md §6). */
export function driftAutoModeNodesSoon(world: World, cluster: ClusterRecord): void {
  later(world, cluster, draw(world.random, world.timing.nodeJoin), 'auto-mode-drift');
}
