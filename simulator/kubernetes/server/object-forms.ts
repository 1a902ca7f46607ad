import type { KubernetesObject } from '../objects/object-metadata.ts';
import { apiVersionOf, type ResourceType } from '../resource-types.ts';

/** `metadata` of a list. */
export interface ListMeta {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** An object on its own says its kind and apiVersion: that which it was asked for at. */
export function withKind({ kind, group, version }: ResourceType, object: KubernetesObject): object {
  return { kind, apiVersion: apiVersionOf({ group, version }), ...object };
}

/** `PartialObjectMetadata`. */
export function partial(apiVersion: string, { metadata }: KubernetesObject): object {
  return { kind: 'PartialObjectMetadata', apiVersion, metadata };
}
