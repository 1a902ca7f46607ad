import { type Answer, json } from './answer.ts';
import type { DiscoveryEntry, DiscoveryGroup, DiscoveryVersion } from './discovery-groups.ts';

/**
 * `APIGroupDiscoveryList`: everything in one answer, which clients request first since 1.27. A version whose server does not answer is `Stale`,
 * without its resources.
 */
export function aggregatedDiscoveryList(version: 'v2' | 'v2beta1', groups: readonly DiscoveryGroup[]): Answer {
  const items = groups.map(({ name, versions }) => ({
    metadata: { ...(name === '' ? {} : { name }), creationTimestamp: null },
    versions: versions.map(versionOf),
  }));
  const apiVersion = `apidiscovery.k8s.io/${version}`;
  const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
  return json(200, { kind: 'APIGroupDiscoveryList', apiVersion, metadata: {}, items }, contentType);
}

function versionOf({ version, entries, available }: DiscoveryVersion): object {
  return available
    ? { version, resources: resourcesOf(entries), freshness: 'Current' }
    : { version, freshness: 'Stale' };
}

function resourcesOf(entries: readonly DiscoveryEntry[]): object[] {
  return entries
    .filter(({ name }) => !name.includes('/'))
    .map((entry) => {
      const subresources = entries
        .filter(({ name }) => name.startsWith(`${entry.name}/`))
        .map((each) => ({ subresource: each.name.split('/')[1], responseKind: responseKind(each), verbs: each.verbs }));
      return {
        resource: entry.name,
        responseKind: responseKind(entry),
        scope: entry.namespaced ? 'Namespaced' : 'Cluster',
        singularResource: entry.singular,
        verbs: entry.verbs,
        ...(entry.shortNames.length === 0 ? {} : { shortNames: entry.shortNames }),
        ...(entry.categories.length === 0 ? {} : { categories: entry.categories }),
        ...(subresources.length === 0 ? {} : { subresources }),
      };
    });
}

/** Kinds of other groups are those of v1. */
const responseKind = ({ kind, group, version, responseGroup }: DiscoveryEntry) =>
  responseGroup === undefined ? { group, version, kind } : { group: responseGroup, version: 'v1', kind };
