import { apiVersion } from '../../core/config/kinds.ts';
import type { WrittenCluster } from '../../core/inventory/document/inventory-schema.ts';
import type { ListedCluster } from '../../core/queries/list-clusters.ts';
import type { ApiClient } from '../client/api-client.ts';
import type { clusterQuery } from './get.ts';

/** With node groups and add-ons a cluster is some kilobytes, and a Lambda answer may have six megabytes. */
const PAGE = '250';

/** The whole fleet as one document, which `liftlock plan --inventory` reads; where each cluster stands is told beside. */
export async function inventory(client: ApiClient, chosen: ReturnType<typeof clusterQuery>) {
  const query = { ...chosen, inventory: 'true', limit: PAGE } as const;
  const { items, learned } = await client.whole('items', (page) =>
    client.v1.clusters.$get({ query: { ...query, ...page } }),
  );
  return {
    apiVersion,
    kind: 'Inventory',
    clusters: items.map(clusterOf),
    ...(learned === undefined ? {} : { learned }),
  };
}

function clusterOf(item: ListedCluster): WrittenCluster {
  const { inventory: written, id, key, state, support, policy, wave, target, upgrade, lastSeenAt } = item;
  if (written === undefined) {
    throw new Error(
      'The API gives no inventory: it is older than this command line. Deploy the newer one, or use -o jsonl.',
    );
  }
  return { ...written, id, key, state, support, policy, wave, target, upgrade, lastSeenAt };
}
