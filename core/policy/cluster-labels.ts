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
  const labels = labelsOf(cluster.tags, fleet);
  const names = Object.keys(labels);
  const isSame =
    names.length === Object.keys(cluster.labels).length && names.every((name) => cluster.labels[name] === labels[name]);
  return isSame ? cluster : { ...cluster, labels };
}

/** `fromTags` names the tag that each label comes from; a cluster without the tag has no such label. */
export function labelsOf(tags: Readonly<Record<string, string>>, { labels }: FleetSpec): Record<string, string> {
  const given = Object.entries(labels.fromTags).flatMap(([label, tag]) =>
    Object.hasOwn(tags, tag) ? [[label, tags[tag] ?? ''] as const] : [],
  );
  return Object.fromEntries(given);
}
