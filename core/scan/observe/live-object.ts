import type { GroupVersionKind } from '../data/api-row.ts';
import { type ManifestObject, type Mapping, mappingOf, nameOf } from '../manifest/manifest-object.ts';
import { apiVersionText } from './api-version.ts';

/** A resource that the API server serves, at one version. */
export interface ServedResource extends GroupVersionKind {
  readonly resource: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** One object from a list of the API server. Its apiVersion is that of the list, because the server converts to the requested version. */
export interface LiveObject extends ManifestObject {
  readonly resource: ServedResource;
  readonly metadata: Mapping;
}

export function liveObject(value: Mapping, resource: ServedResource): LiveObject {
  const { kind } = resource;
  const metadata = mappingOf(value.metadata);
  return { apiVersion: apiVersionText(resource), kind, ...nameOf(value), value, path: [], resource, metadata };
}
