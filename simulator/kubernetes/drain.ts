import { evictionRefusal, refusalText } from './disruption-budget.ts';
import type { KubernetesState } from './kubernetes-state.ts';
import { schedulePods } from './schedule-pods.ts';

/**
 * One pass of `kubectl drain`: evicts what the budgets let go, DaemonSet pods aside, and lets the workloads put their
 * pods elsewhere. A caller repeats it until nothing is left or it gives up.
 *
 * @returns the pods that stayed, as `namespace/name: reason`. Empty: the node is drained.
 */
export function drainPass(kubernetes: KubernetesState, nodeName: string, now: number): string[] {
  const stayed: string[] = [];
  for (const pod of kubernetes.pods.filter((each) => each.nodeName === nodeName)) {
    const refusal = evictionRefusal(kubernetes, pod, now);
    if (refusal !== undefined) {
      stayed.push(`${pod.namespace}/${pod.name}: ${refusalText(refusal)}`);
      continue;
    }
    kubernetes.pods.splice(kubernetes.pods.indexOf(pod), 1);
  }
  schedulePods(kubernetes, now);
  return stayed;
}

/** Takes the node away with whatever still runs on it, as terminating its instance does. */
export function terminateNode(kubernetes: KubernetesState, nodeName: string, now: number): void {
  kubernetes.nodes = kubernetes.nodes.filter((node) => node.name !== nodeName);
  kubernetes.pods = kubernetes.pods.filter((pod) => pod.nodeName !== nodeName);
  schedulePods(kubernetes, now);
}

/** Marks the node unschedulable. Idempotent; an unknown name changes nothing. */
export function cordon(kubernetes: KubernetesState, nodeName: string): void {
  const node = kubernetes.nodes.find((each) => each.name === nodeName);
  if (node !== undefined) node.unschedulable = true;
}
