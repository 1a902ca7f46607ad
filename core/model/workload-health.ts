import type { Workload } from '../ports/cluster-access.ts';

export const unavailable = (workloads: readonly Workload[]): Workload[] =>
  workloads.filter((workload) => workload.available < workload.desired);
