import { foundOf, type PreflightCheck } from './preflight-check.ts';

const name = 'WorkloadUnavailable';

/** What the smoke check would fail afterwards is said before anything is changed. */
export const systemWorkloads: PreflightCheck = {
  name,
  finds: 'A workload of kube-system has fewer pods available than it wants.',
  observe: ({ cluster, hasMoved, server }) =>
    (hasMoved ? [] : (server?.workloads ?? []))
      .filter(({ available, desired }) => available < desired)
      .map(({ kind, namespace, name: workload, available, desired }) =>
        foundOf(name, 'server', cluster, {
          subject: { kind, namespace, name: workload },
          cause: `workload:${namespace}/${workload}`,
          message: `${kind} ${namespace}/${workload} has ${available} of ${desired} available.`,
          fix: 'Repair it before an upgrade.',
        }),
      ),
};
