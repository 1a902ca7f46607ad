import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { shortId } from '../model/cluster-key.ts';
import { apart, some } from '../model/words.ts';

/** Clusters by name in a sentence; a name that several of them have is told in full. */
export function namesOfClusters(clusters: readonly ClusterRecord[]): string {
  const nameOf = apart(clusters, ({ name }) => name, shortId);
  return some(clusters.map(nameOf), 10);
}
