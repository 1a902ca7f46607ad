import type { KubernetesState } from './kubernetes-state.ts';
import { startupMilliseconds } from './schedule-pods.ts';

/** From a node's registration to Ready. */
const joinMilliseconds = 30_000;

/**
 * Sets the creation time of nodes and pods at the first request. It follows from the time when they were or will be ready; an object that is not
 * ready for long was created by now at the latest.
 */
export function noteCreation(kubernetes: KubernetesState, now: number): void {
  for (const node of kubernetes.nodes) node.createdAt ??= Math.min(now, node.readyAt - joinMilliseconds);
  for (const pod of kubernetes.pods) pod.createdAt ??= Math.min(now, pod.readyAt - startupMilliseconds);
}
