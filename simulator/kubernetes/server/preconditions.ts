import type { KubernetesObject } from '../objects/object-metadata.ts';
import type { ResourceType } from '../resource-types.ts';
import { conflict } from './refusals.ts';

/** 409 unless the object matches the `preconditions` of DeleteOptions. */
export function requirePreconditions(type: ResourceType, object: KubernetesObject, preconditions: unknown): void {
  const { uid, resourceVersion } = (preconditions ?? {}) as { uid?: unknown; resourceVersion?: unknown };
  const { metadata } = object;
  requireSame('UID', uid, metadata.uid);
  requireSame('ResourceVersion', resourceVersion, metadata.resourceVersion);

  function requireSame(what: string, wanted: unknown, found: unknown): void {
    if (wanted === undefined || wanted === null || wanted === found) return;
    const why = `Precondition failed: ${what} in precondition: ${String(wanted)}, ${what} in object meta: ${String(found)}`;
    throw conflict(type, metadata.name, why);
  }
}
