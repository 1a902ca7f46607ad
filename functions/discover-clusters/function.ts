import { type DiscoverPorts, discoverClusters } from '../../core/inventory/discover-clusters.ts';
import type { FunctionDefinition } from '../runtime/function-definition.ts';

type Output = Awaited<ReturnType<typeof discoverClusters>>;

/** A schedule starts it; the event carries nothing that the tables do not have. */
export const definition: FunctionDefinition<DiscoverPorts, undefined, Output> = {
  name: 'discover-clusters',
  parse: () => undefined,
  run: (ports) => discoverClusters(ports),
  counts: ({ items, accounts }) => ({
    Runs: 1,
    ClustersQueued: items,
    ScopesRead: accounts.filter((account) => account.status === 'Ok').length,
    ScopesUnreadable: accounts.filter((account) => account.status !== 'Ok').length,
  }),
};
