import { preflightCheck } from './preflight-check.ts';

/** It finds what the smoke check would fail for, before anything has changed. */
export const systemWorkloads = preflightCheck({
  name: 'WorkloadUnavailable',
  source: 'server',
  finds: 'A workload of kube-system has fewer pods available than it wants.',
  observe: ({ hasMoved, server }) =>
    (hasMoved ? [] : (server?.workloads ?? []))
      .filter(({ available, desired }) => available < desired)
      .map(({ kind, namespace, name: workload, available, desired }) => ({
        subject: { kind, namespace, name: workload },
        cause: `workload:${namespace}/${workload}`,
        message: `${kind} ${namespace}/${workload} has ${available} of ${desired} available.`,
        fix: 'Repair it before an upgrade.',
      })),
});
