import type { KubernetesObject } from '../objects/object-metadata.ts';
import { apiVersionOf, type ResourceType } from '../resource-types.ts';

/** `metadata` of a list. */
export interface ListMeta {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** A single object has its kind and the requested apiVersion. */
export function withKind({ kind, group, version }: ResourceType, object: KubernetesObject): object {
  return { kind, apiVersion: apiVersionOf({ group, version }), ...object };
}

/** `PartialObjectMetadata`. */
export function partial(apiVersion: string, { metadata }: KubernetesObject): object {
  return { kind: 'PartialObjectMetadata', apiVersion, metadata };
}
