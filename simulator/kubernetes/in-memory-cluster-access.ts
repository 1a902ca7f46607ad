import type { ClusterAccess, ClusterTarget } from '../../core/ports/cluster-access.ts';
import type { Scope } from '../../core/ports/eks.ts';
import type { Clock } from '../../core/ports/outside.ts';
import { clusterArn } from '../eks/clusters.ts';
import type { FakeKubernetes, KubernetesRequest } from './fake-kubernetes.ts';

/** The port of core on the fake API servers, in this process. `principal` as for `createInMemoryEks`. */
export function createInMemoryClusterAccess(
  fake: FakeKubernetes,
  options: { readonly clock: Clock; readonly principal: string | ((scope: Scope) => string) },
): ClusterAccess {
  const request = (target: ClusterTarget): KubernetesRequest => ({
    clusterArn: clusterArn(target.scope.account, target.scope.region, target.name),
    principal: typeof options.principal === 'string' ? options.principal : options.principal(target.scope),
    now: options.clock.now(),
  });
  return {
    serverVersion: async (target) => fake.serverVersion(request(target)),
    ready: async (target) => fake.ready(request(target)),
    listNodes: async (target) => fake.listNodes(request(target)),
    listPods: async (target, namespace) => fake.listPods(request(target), namespace),
    listWorkloads: async (target, namespace) => fake.listWorkloads(request(target), namespace),
  };
}
