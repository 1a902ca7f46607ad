import type { FleetSpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { unreachable } from '../model/unreachable.ts';

/** When an account that comes into the Fleet or was restored, and what is known there, was looked at last: that is from before. */
export const NEVER = new Date(0).toISOString();

/** Whether nobody knows where it belongs before it is looked at anew. Of one that cannot be read this is all there is to know. */
export const isForgotten = (cluster: ClusterRecord | undefined): boolean =>
  cluster?.lastSeenAt === NEVER && unreachable(cluster) === undefined;

/** For decisions, one whose labels are not those that the Fleet in force gives to its tags was never looked at: they are from before that Fleet. */
export const asKnown = (cluster: ClusterRecord, fleet: FleetSpec | undefined): ClusterRecord =>
  fleet === undefined || hasLabelsOf(fleet, cluster) ? cluster : { ...cluster, lastSeenAt: NEVER };

/** Whether its labels are those that the Fleet gives to its tags. */
export function hasLabelsOf({ labels: { fromTags } }: FleetSpec, { tags, labels }: ClusterRecord): boolean {
  const given = Object.entries(fromTags).filter(([, tag]) => tags[tag] !== undefined);
  return given.length === Object.keys(labels).length && given.every(([label, tag]) => labels[label] === tags[tag]);
}

/** `fromTags` names the tag that each label comes from; a cluster without the tag has no such label. */
export function labelsOf(tags: Readonly<Record<string, string>>, { labels }: FleetSpec): Record<string, string> {
  const given = Object.entries(labels.fromTags).flatMap(([label, tag]) => {
    const value = tags[tag];
    return value === undefined ? [] : [[label, value] as const];
  });
  return Object.fromEntries(given);
}
