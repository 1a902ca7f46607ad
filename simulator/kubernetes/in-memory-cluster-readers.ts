import { nodeOperatorOver } from '../../adapters/kubernetes/create-node-operator.ts';
import type { ClusterReaders } from '../../core/ports/cluster-reader.ts';
import type { Scope } from '../../core/ports/eks.ts';
import type { NodeOperators } from '../../core/ports/node-operator.ts';
import type { Clock } from '../../core/ports/outside.ts';
import { clusterArn } from '../eks/clusters.ts';
import type { FakeKubernetes } from './fake-kubernetes.ts';
import { createInMemoryClusterReader } from './in-memory-cluster-reader.ts';
import type { ServedRequest } from './server/served-request.ts';

export interface InMemoryReadersOptions {
  readonly clock: Clock;
  readonly principal: (scope: Scope) => string;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Simulated time that one request takes, in milliseconds; 0 when absent. */
  readonly requestMilliseconds?: () => number;
  readonly onRequest?: (clusterArn: string, request: ServedRequest) => void;
}

/** The port of core that changes nodes and pods, on the fake API servers, in this process. */
export const createInMemoryNodeOperators = (
  fake: FakeKubernetes,
  { clock, principal }: Pick<InMemoryReadersOptions, 'clock' | 'principal'>,
): NodeOperators => ({
  open: ({ scope, name }) => {
    const at = clusterArn(scope.account, scope.region, name);
    return nodeOperatorOver(createInMemoryClusterReader({ fake, clusterArn: at, principal: principal(scope), clock }));
  },
});

/** The port of core on the fake API servers, in this process. */
export function createInMemoryClusterReaders(fake: FakeKubernetes, options: InMemoryReadersOptions): ClusterReaders {
  const { clock, principal, sleep, requestMilliseconds = () => 0, onRequest } = options;
  return {
    open({ scope, name }) {
      const arn = clusterArn(scope.account, scope.region, name);
      const reader = createInMemoryClusterReader({
        fake,
        clusterArn: arn,
        principal: principal(scope),
        clock,
        ...(onRequest === undefined ? {} : { onRequest: (request) => onRequest(arn, request) }),
      });
      return {
        reader: {
          get: async (request) => {
            const takes = requestMilliseconds();
            if (takes > 0) await sleep(takes);
            return reader.get(request);
          },
        },
        wait: (seconds) => sleep(seconds * 1_000),
        close: () => {},
      };
    },
  };
}
