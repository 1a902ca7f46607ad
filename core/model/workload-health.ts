import type { Pod, Workload } from '../ports/cluster-access.ts';

/** Pods that do not run as they should: pending, or with a container that keeps failing to start. */
export function unhealthyPods(pods: readonly Pod[]): Pod[] {
  return pods.filter((pod) => pod.phase === 'Pending' || pod.waitingReasons.some((waiting) => FAILING.has(waiting)));
}
const FAILING = new Set([
  'CrashLoopBackOff',
  'ImagePullBackOff',
  'ErrImagePull',
  'CreateContainerError',
  'CreateContainerConfigError',
  'RunContainerError',
]);

export const unavailable = (workloads: readonly Workload[]): Workload[] =>
  workloads.filter((workload) => workload.available < workload.desired);
