import type { ClusterFacts } from '../reference/cluster-facts.ts';
import type { ServedResource } from './discovery.ts';

/**
 * The version to list a resource at. A definition may mark the version that its group prefers as deprecated; asking for that one would
 * be counted as its use, so another one that it serves is taken where there is one.
 */
export function versionToAskFor(
  { group, kind, version }: Pick<ServedResource, 'group' | 'kind' | 'version'>,
  { crds }: ClusterFacts,
): string {
  const versions = crds[`${group}/${kind}`]?.versions ?? [];
  if (versions.find(({ name }) => name === version)?.deprecated !== true) return version;
  return versions.find(({ served, deprecated }) => served && !deprecated)?.name ?? version;
}
