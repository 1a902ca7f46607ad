import type { KubernetesState, NodeState, PodState } from './kubernetes-state.ts';

/** A pod is ready when it runs on a ready node, has had the time to start and does not crash. */
export function isPodReady(kubernetes: KubernetesState, pod: PodState, now: number): boolean {
  if (pod.nodeName === undefined || pod.waitingReason !== undefined || pod.readyAt > now) return false;
  const node = findNode(kubernetes, pod.nodeName);
  return node !== undefined && isNodeReady(node, now);
}

/** The positions of a cluster's nodes at the last search. */
const placesOf = new WeakMap<readonly NodeState[], Map<string, number>>();

/** Every pod searches its node. Changes of the state are not announced, so a position counts only while that node is still there. */
export function findNode({ nodes }: KubernetesState, name: string): NodeState | undefined {
  const known = nodes[placesOf.get(nodes)?.get(name) ?? -1];
  if (known?.name === name) return known;
  const found = nodes.findIndex((node) => node.name === name);
  if (found !== -1) placesOf.set(nodes, new Map(nodes.map((node, place) => [node.name, place])));
  return nodes[found];
}

export function podPhase(pod: PodState, now: number): 'Pending' | 'Running' {
  return pod.nodeName === undefined || pod.readyAt > now ? 'Pending' : 'Running';
}

export function isNodeReady(node: NodeState, now: number): boolean {
  return node.readyAt <= now;
}
