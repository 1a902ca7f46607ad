import type { ConfigObject } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { loadLivingRecords } from '../inventory/records.ts';
import { loadAppliedConfigs, loadFleetInForce, readPolicies } from '../policy/applied.ts';
import { labeled } from '../policy/cluster-labels.ts';
import { type PolicyMatch, policyOf } from '../policy/policy-of.ts';
import type { Table } from '../ports/table.ts';
import { namesOfClusters } from './names-of-clusters.ts';

/**
 * The clusters that several policies select once these objects are applied, and did not before: their rollouts leave them alone then, which nobody
 * would notice. What selectors alone tell of an overlap says of no cluster whether it is in it.
 */
export async function madeAmbiguous(table: Table, objects: readonly ConfigObject[]): Promise<string[]> {
  const fleet = objects.find((object) => object.kind === 'Fleet')?.spec;
  const applied = objects.filter((object) => object.kind === 'UpgradePolicy');
  if (fleet === undefined && applied.length === 0) return [];
  const inForce = await loadFleetInForce(table);
  const { policies, unreadable } = readPolicies(await loadAppliedConfigs(table, 'UpgradePolicy'));
  const isReplaced = (name: string) => applied.some(({ metadata }) => metadata.name === name);
  const kept = policies.filter(({ metadata }) => !isReplaced(metadata.name));
  const unread = unreadable.filter(({ name }) => !isReplaced(name));
  const found = new Map<string, ClusterRecord[]>();
  for (const cluster of await loadLivingRecords(table)) {
    const before = namesIn(policyOf(labeled(cluster, inForce), policies, unreadable));
    const names = namesIn(policyOf(labeled(cluster, fleet ?? inForce), [...kept, ...applied], unread));
    if (names.every((name) => before.includes(name))) continue;
    const key = names.join(' and ');
    found.set(key, [...(found.get(key) ?? []), cluster]);
  }
  return [...found].map(
    ([names, clusters]) =>
      `By this ${names} select ${namesOfClusters(clusters)}: no upgrade begins there while several policies select a cluster (AmbiguousPolicy). Narrow the selectors until one alone selects it.`,
  );
}

const namesIn = (match: PolicyMatch): readonly string[] => (match.type === 'ambiguous' ? match.names : []);
