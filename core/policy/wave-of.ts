import type { UpgradePolicy } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { matchSelector } from '../selector/match.ts';

/** The wave that takes a cluster: the first one that matches wins (semantics.md, Wave). -1 = none does. */
export function waveIndexOf({ spec }: UpgradePolicy, cluster: Pick<ClusterRecord, 'name' | 'labels'>): number {
  return spec.waves.findIndex(({ clusters, selector }) =>
    clusters === undefined
      ? selector === undefined || matchSelector(selector, cluster.labels).matches
      : clusters.includes(cluster.name),
  );
}

export const noWave = ({ metadata }: UpgradePolicy): Reason =>
  reason('NoWave', `No wave of the policy ${metadata.name} selects it.`);
