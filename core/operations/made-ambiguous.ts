import type { ConfigObject } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { loadLivingRecords } from '../inventory/records.ts';
import { some } from '../model/words.ts';
import { loadAppliedConfigs, loadFleetInForce, readPolicies } from '../policy/applied.ts';
import { labeled } from '../policy/cluster-labels.ts';
import { type PolicyMatch, policyOf, selects } from '../policy/policy-of.ts';
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
    const now = labeled(cluster, fleet ?? inForce);
    // Where labels stay as they are, a policy that is not applied makes no cluster ambiguous: the others are thousands of clusters by hundreds of policies.
    if (fleet === undefined && !applied.some(({ spec }) => selects(spec.selector, now).matches)) continue;
    const names = namesIn(policyOf(now, [...kept, ...applied], unread));
    if (names.length === 0) continue;
    const before = namesIn(policyOf(labeled(cluster, inForce), policies, unreadable));
    if (names.every((name) => before.includes(name))) continue;
    const key = names.length > 5 ? some(names, 5) : names.join(' and ');
    found.set(key, [...(found.get(key) ?? []), cluster]);
  }
  const more = found.size > MOST ? [`${found.size - MOST} more groups of policies select the same clusters.`] : [];
  const told = [...found]
    .slice(0, MOST)
    .map(
      ([names, clusters]) =>
        `By this ${names} select ${namesOfClusters(clusters)}: no upgrade begins there while several policies select a cluster (AmbiguousPolicy). Narrow the selectors until one alone selects it.`,
    );
  return [...told, ...more];
}

/** An answer names this many combinations of policies. */
const MOST = 20;

const namesIn = (match: PolicyMatch): readonly string[] => (match.type === 'ambiguous' ? match.names : []);
