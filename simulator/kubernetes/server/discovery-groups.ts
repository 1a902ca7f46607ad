import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import type { ResourceType } from '../resource-types.ts';
import { type DelegatedVersion, delegatedVersions } from '../resources/api-services.ts';
import { scalePath } from '../resources/scale-path.ts';
import { byPriority } from '../resources/version-priority.ts';
import { resourceTypes } from '../served-types.ts';
import { reviewTypes } from './reviews.ts';

/** A resource, a subresource or a review in discovery. */
export interface DiscoveryEntry
  extends Pick<ResourceType, 'kind' | 'group' | 'version' | 'namespaced' | 'verbs' | 'shortNames' | 'categories'> {
  /** `pods/eviction` for a subresource. */
  readonly name: string;
  readonly singular: string;
  /** The group of the answer where it differs from that of the path: an Eviction is of policy/v1. */
  readonly responseGroup?: string;
}

export interface DiscoveryGroup {
  /** Empty for the core group. */
  readonly name: string;
  /** The preferred one first. */
  readonly versions: readonly DiscoveryVersion[];
}

export interface DiscoveryVersion {
  readonly version: string;
  readonly entries: readonly DiscoveryEntry[];
  /** False where the other server that serves it does not answer. */
  readonly available: boolean;
}

const eviction: DiscoveryEntry = {
  ...{ name: 'pods/eviction', singular: '', kind: 'Eviction', group: '', version: 'v1', responseGroup: 'policy' },
  ...{ namespaced: true, verbs: ['create'], shortNames: [], categories: [] },
};

const fixed: readonly DiscoveryEntry[] = [
  eviction,
  ...reviewTypes.map(({ resource, ...type }) => ({
    ...{ ...type, name: resource, singular: type.kind.toLowerCase() },
    ...{ namespaced: false, verbs: ['create'], shortNames: [], categories: [] },
  })),
];

const scaleOf = ({ resource, group, version, namespaced }: ResourceType): DiscoveryEntry => ({
  ...{ name: `${resource}/scale`, singular: '', kind: 'Scale', group, version, responseGroup: 'autoscaling' },
  ...{ namespaced, verbs: ['get', 'patch', 'update'], shortNames: [], categories: [] },
});

/** All types of a cluster by group, the core group first, the others by name. */
export function discoveryGroups(cluster: ClusterRecord): DiscoveryGroup[] {
  const types = resourceTypes(cluster);
  const scales = types.filter((type) => scalePath(cluster.kubernetes, type) !== undefined).map(scaleOf);
  return groupsOf(types, delegatedVersions(cluster.kubernetes.objects ?? []), scales);
}

/** The groups of those types, with reviews, evictions and other subresources. */
export function groupsOf(
  types: readonly ResourceType[],
  delegated: readonly DelegatedVersion[] = [],
  subresources: readonly DiscoveryEntry[] = [],
): DiscoveryGroup[] {
  const entries = [...types.map((type) => ({ ...type, name: type.resource })), ...subresources, ...fixed];
  const names = [...new Set([...entries, ...delegated].map(({ group }) => group))].sort();
  return names.map((name) => {
    const own = entries.filter(({ group }) => group === name);
    const others = delegated.filter(({ group }) => group === name);
    const versions = [...new Set([...own, ...others].map(({ version }) => version))].sort(byPriority);
    return {
      name,
      versions: versions.map((version) => ({
        version,
        entries: own.filter((entry) => entry.version === version),
        available: others.find((each) => each.version === version)?.available ?? true,
      })),
    };
  });
}
