import type { ApiServer, ClusterAccess } from '../../core/ports/cluster-access.ts';
import type { Scope } from '../../core/ports/eks.ts';
import type { Clock } from '../../core/ports/outside.ts';
import { clusterArn } from '../eks/clusters.ts';
import type { FakeKubernetes, KubernetesRequest } from './fake-kubernetes.ts';

/** The port of core on the fake API servers, in this process. `principal` as for `createInMemoryEks`. */
export function createInMemoryClusterAccess(
  fake: FakeKubernetes,
  options: { readonly clock: Clock; readonly principal: string | ((scope: Scope) => string) },
): ClusterAccess {
  const request = (server: ApiServer): KubernetesRequest => ({
    clusterArn: clusterArn(server.scope.account, server.scope.region, server.name),
    principal: typeof options.principal === 'string' ? options.principal : options.principal(server.scope),
    now: options.clock.now(),
  });
  return {
    serverVersion: async (server) => fake.serverVersion(request(server)),
    ready: async (server) => fake.ready(request(server)),
    listNodes: async (server) => fake.listNodes(request(server)),
    listWorkloads: async (server, namespace) => fake.listWorkloads(request(server), namespace),
  };
}
