import { preflightCheck } from './preflight-check.ts';

export const apiServerReady = preflightCheck({
  name: 'ApiServerNotReady',
  source: 'server',
  finds: 'The API server answers that it is not ready.',
  observe({ cluster, server }) {
    if (server === undefined || server.ready.ok) return [];
    const message = `The API server of ${cluster.name} is not ready: ${server.ready.failed.join(', ')}.`;
    return [{ message, fix: 'Repair what it names before an upgrade.' }];
  },
});

/** It finds what the smoke check would fail for, before anything has changed. */
export const systemWorkloads = preflightCheck({
  name: 'WorkloadUnavailable',
  source: 'server',
  finds: 'A workload of kube-system has fewer pods available than it wants, and what is missing is not just starting.',
  observe: ({ hasMoved, server }) =>
    (hasMoved ? [] : (server?.workloads ?? [])).flatMap(({ identity, is, said, isStarting }) => {
      // Where nodes come and go, a DaemonSet lacks a pod on the newest of them for a minute.
      if (is === undefined || (is === 'degraded' && isStarting)) return [];
      const [kind = '', place = ''] = identity.split(' ');
      const [namespace = '', name = ''] = place.split('/');
      return {
        subject: { kind, namespace, name },
        cause: `workload:${place}`,
        message: `${identity} has ${said}.`,
        fix: 'Repair it before an upgrade.',
      };
    }),
});
