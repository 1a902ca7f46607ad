import { clusterAccessOver } from '../../adapters/kubernetes/create-cluster-access.ts';
import { hookJobsOver } from '../../adapters/kubernetes/create-hook-jobs.ts';
import { nodeOperatorOver, type ServerCalls } from '../../adapters/kubernetes/create-node-operator.ts';
import type { ApiServer, ClusterAccess } from '../../core/ports/cluster-access.ts';
import type { ClusterReader, ClusterReaders, ReadRequest } from '../../core/ports/cluster-reader.ts';
import type { Scope } from '../../core/ports/eks.ts';
import type { HookJobs } from '../../core/ports/hook-jobs.ts';
import type { NodeOperators } from '../../core/ports/node-operator.ts';
import type { Clock } from '../../core/ports/outside.ts';
import { clusterArn } from '../eks/clusters.ts';
import type { FakeKubernetes } from './fake-kubernetes.ts';
import { createInMemoryClusterReader } from './in-memory-cluster-reader.ts';
import { Histories } from './server/histories.ts';
import type { ServedRequest } from './server/served-request.ts';

export interface InMemoryReadersOptions {
  readonly clock: Clock;
  readonly principal: (scope: Scope) => string;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Simulated time that one request takes, in milliseconds; 0 when absent. */
  readonly requestMilliseconds?: () => number;
  readonly onRequest?: (clusterArn: string, request: ServedRequest) => void;
}

/** The port of core that reads nodes and workloads, on the fake API servers in this process. */
export const createInMemoryClusterAccess = (fake: FakeKubernetes, options: InMemoryReadersOptions): ClusterAccess => {
  const histories = new Histories();
  return clusterAccessOver((server, read) => read(openServer(fake, options, server, histories)));
};

/** The same for the port that changes nodes and pods. */
export const createInMemoryNodeOperators = (fake: FakeKubernetes, options: InMemoryReadersOptions): NodeOperators => {
  const histories = new Histories();
  return { open: (server) => nodeOperatorOver(openServer(fake, options, server, histories)) };
};

/** The same for the port that runs Jobs of hooks. */
export const createInMemoryHookJobs = (fake: FakeKubernetes, options: InMemoryReadersOptions): HookJobs => {
  const histories = new Histories();
  return { open: (server) => hookJobsOver(openServer(fake, options, server, histories)) };
};

/** The port of core on the fake API servers, in this process. */
export const createInMemoryClusterReaders = (
  fake: FakeKubernetes,
  options: InMemoryReadersOptions,
): ClusterReaders => ({
  open: (server) => ({
    reader: openServer(fake, options, server),
    wait: (seconds) => options.sleep(seconds * 1_000),
    close: () => {},
  }),
});

/** Each request takes its time before the answer. */
function openServer(
  fake: FakeKubernetes,
  { clock, principal, sleep, requestMilliseconds = () => 0, onRequest }: InMemoryReadersOptions,
  { scope, name }: ApiServer,
  histories?: Histories,
): ServerCalls & ClusterReader {
  const arn = clusterArn(scope.account, scope.region, name);
  const server = createInMemoryClusterReader({
    ...{ fake, clock, clusterArn: arn, principal: principal(scope), histories },
    ...(onRequest === undefined ? {} : { onRequest: (request: ServedRequest) => onRequest(arn, request) }),
  });
  const takeTime = async () => {
    const takes = requestMilliseconds();
    if (takes > 0) await sleep(takes);
  };
  return {
    get: async (request: ReadRequest) => {
      await takeTime();
      return server.get(request);
    },
    change: async (change) => {
      await takeTime();
      return server.change(change);
    },
    close: () => server.close(),
  };
}
