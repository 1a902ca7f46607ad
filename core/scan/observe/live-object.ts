import type { ServedResource } from '../live/discovery.ts';
import { type ManifestObject, type Mapping, mappingOf, nameOf } from '../manifest/manifest-object.ts';
import { apiVersionText } from './api-version.ts';

/** One object that the API server gave in a list. Its apiVersion is that of the list: the server converts to whatever was asked for. */
export interface LiveObject extends ManifestObject {
  readonly resource: ServedResource;
  readonly metadata: Mapping;
}

export function liveObject(value: Mapping, resource: ServedResource): LiveObject {
  const { kind } = resource;
  const metadata = mappingOf(value.metadata);
  return { apiVersion: apiVersionText(resource), kind, ...nameOf(value), value, path: [], resource, metadata };
}
