import type { FleetSpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { unreachable } from '../model/unreachable.ts';

/**
 * Stands for "not looked at since": an account that comes into the Fleet or was restored has this as its last look, and so do the clusters that are
 * known there.
 */
export const NEVER = new Date(0).toISOString();

/**
 * Whether a cluster has to be looked at anew before anybody knows where it belongs. A cluster that cannot be read is not meant: more cannot be known
 * of it.
 */
export const isForgotten = (cluster: ClusterRecord | undefined): boolean =>
  cluster?.lastSeenAt === NEVER && unreachable(cluster) === undefined;

/**
 * A cluster with the labels that the Fleet in force gives to its tags. The labels stored beside the tags are for lists: they follow a new Fleet one
 * cluster after the other, and the function that writes them may die.
 */
export function labeled(cluster: ClusterRecord, fleet: FleetSpec | undefined): ClusterRecord {
  if (fleet === undefined) return cluster;
  const { labels, tags } = cluster;
  const { fromTags } = fleet.labels;
  // This loop avoids new objects: nearly all clusters have the right labels, and every tick asks for each of them.
  let others = Object.keys(labels).length;
  for (const label in fromTags) {
    const tag = fromTags[label] ?? '';
    if (!Object.hasOwn(tags, tag)) continue;
    if (labels[label] !== tags[tag]) return { ...cluster, labels: labelsOf(tags, fleet) };
    others -= 1;
  }
  return others === 0 ? cluster : { ...cluster, labels: labelsOf(tags, fleet) };
}

/** The labels that tags give: `fromTags` names the tag that each label comes from. A cluster without the tag has no such label. */
export function labelsOf(tags: Readonly<Record<string, string>>, { labels }: FleetSpec): Record<string, string> {
  const given = Object.entries(labels.fromTags).flatMap(([label, tag]) =>
    Object.hasOwn(tags, tag) ? [[label, tags[tag] ?? ''] as const] : [],
  );
  return Object.fromEntries(given);
}
