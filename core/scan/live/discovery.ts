import type { GroupVersionKind } from '../data/api-row.ts';
import { isMapping, type Mapping, mappingOf, mappingsOf, textOf, textsOf } from '../manifest/manifest-object.ts';
import { apiVersionText } from '../observe/api-version.ts';

/** A resource that the API server serves, at one version. */
export interface ServedResource extends GroupVersionKind {
  readonly resource: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** The result of discovery. The first version of a group is the preferred one of the server. */
export interface Discovered {
  readonly resources: readonly ServedResource[];
  /** Groups or versions that could not be discovered, with the reason: their backends do not answer. */
  readonly failed: readonly { readonly what: string; readonly why: string }[];
}

/** Accepts aggregated discovery in the form that is stable since 1.30; v2beta1 is removed from 1.35 on (facts: deprecated-apis.md §3). */
export const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

/** Reads an `APIGroupDiscoveryList`; undefined when the server answered in the old form. */
export function readAggregated(body: unknown): Discovered | undefined {
  const list = mappingOf(body);
  if (list.kind !== 'APIGroupDiscoveryList' || !Array.isArray(list.items)) return undefined;
  const resources: ServedResource[] = [];
  const failed: { what: string; why: string }[] = [];
  for (const group of list.items.filter(isMapping)) {
    const name = textOf(mappingOf(group.metadata).name) ?? '';
    for (const version of mappingsOf(group.versions)) {
      const text = textOf(version.version) ?? '';
      const what = apiVersionText({ group: name, version: text });
      if (version.freshness === 'Stale') failed.push({ what, why: 'the server behind it does not answer' });
      for (const resource of mappingsOf(version.resources)) {
        const served = fromAggregated(name, text, resource);
        if (served !== undefined) resources.push(served);
      }
    }
  }
  return { resources, failed };
}

function fromAggregated(group: string, version: string, resource: Mapping): ServedResource | undefined {
  const name = textOf(resource.resource);
  const kind = textOf(mappingOf(resource.responseKind).kind);
  if (name === undefined || kind === undefined) return undefined;
  return {
    group,
    version,
    resource: name,
    kind,
    namespaced: resource.scope === 'Namespaced',
    verbs: textsOf(resource.verbs),
  };
}

/** The versions of an `APIGroupList` or `APIVersions`, the preferred one first: `['apps/v1']`; undefined for any other body. */
export function readGroups(body: unknown): string[] | undefined {
  const list = mappingOf(body);
  if (list.kind === 'APIVersions' && Array.isArray(list.versions)) return textsOf(list.versions);
  if (list.kind !== 'APIGroupList' || !Array.isArray(list.groups)) return undefined;
  return mappingsOf(list.groups).flatMap((group) => {
    const versions = mappingsOf(group.versions).flatMap((version) => textOf(version.groupVersion) ?? []);
    const preferred = textOf(mappingOf(group.preferredVersion).groupVersion);
    return preferred === undefined ? versions : [preferred, ...versions.filter((version) => version !== preferred)];
  });
}

/** Reads an `APIResourceList` of one group and version; undefined for any other body. Subresources are left out. */
export function readResources(
  groupVersion: { group: string; version: string },
  body: unknown,
): ServedResource[] | undefined {
  const { kind, resources } = mappingOf(body);
  if (kind !== 'APIResourceList' || !Array.isArray(resources)) return undefined;
  return mappingsOf(resources).flatMap((resource): ServedResource[] => {
    const [name, kind] = [textOf(resource.name), textOf(resource.kind)];
    if (name === undefined || kind === undefined || name.includes('/')) return [];
    return [
      {
        ...groupVersion,
        resource: name,
        kind,
        namespaced: resource.namespaced === true,
        verbs: textsOf(resource.verbs),
      },
    ];
  });
}
