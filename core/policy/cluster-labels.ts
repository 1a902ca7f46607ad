import type { FleetSpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { unreachable } from '../model/unreachable.ts';

/** When an account that comes into the Fleet or was restored, and what is known there, was looked at last: that is from before. */
export const NEVER = new Date(0).toISOString();

/** Whether nobody knows where it belongs before it is looked at anew. Of one that cannot be read this is all there is to know. */
export const isForgotten = (cluster: ClusterRecord | undefined): boolean =>
  cluster?.lastSeenAt === NEVER && unreachable(cluster) === undefined;

/**
 * A cluster with the labels that the Fleet in force gives to its tags. What is stored beside the tags is for lists: it follows a new Fleet one
 * cluster after the other, and whoever writes it may die.
 */
export function labeled(cluster: ClusterRecord, fleet: FleetSpec | undefined): ClusterRecord {
  if (fleet === undefined) return cluster;
  const { labels, tags } = cluster;
  const { fromTags } = fleet.labels;
  // Nearly all have them, and every tick asks for each cluster.
  let others = Object.keys(labels).length;
  for (const label in fromTags) {
    const tag = fromTags[label] ?? '';
    if (!Object.hasOwn(tags, tag)) continue;
    if (labels[label] !== tags[tag]) return { ...cluster, labels: labelsOf(tags, fleet) };
    others -= 1;
  }
  return others === 0 ? cluster : { ...cluster, labels: labelsOf(tags, fleet) };
}

/** `fromTags` names the tag that each label comes from; a cluster without the tag has no such label. */
export function labelsOf(tags: Readonly<Record<string, string>>, { labels }: FleetSpec): Record<string, string> {
  const given = Object.entries(labels.fromTags).flatMap(([label, tag]) =>
    Object.hasOwn(tags, tag) ? [[label, tags[tag] ?? ''] as const] : [],
  );
  return Object.fromEntries(given);
}
