import type { KubernetesState, NodeState, PodState } from './kubernetes-state.ts';

/** A pod is ready when it runs on a ready node, has had the time to start and does not crash. */
export function isPodReady(kubernetes: KubernetesState, pod: PodState, now: number): boolean {
  if (pod.nodeName === undefined || pod.waitingReason !== undefined || pod.readyAt > now) return false;
  const node = kubernetes.nodes.find((each) => each.name === pod.nodeName);
  return node !== undefined && isNodeReady(node, now);
}

export function podPhase(pod: PodState, now: number): 'Pending' | 'Running' {
  return pod.nodeName === undefined || pod.readyAt > now ? 'Pending' : 'Running';
}

export function isNodeReady(node: NodeState, now: number): boolean {
  return node.readyAt <= now;
}
