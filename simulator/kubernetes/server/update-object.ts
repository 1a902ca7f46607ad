import type { ResourceAttributes } from '../permissions.ts';
import type { ResourceType } from '../resource-types.ts';
import type { Answer } from './answer.ts';
import { type Call, readBody } from './call.ts';
import { findObject } from './read-objects.ts';
import { applyPatch, readPatch } from './read-patch.ts';
import { replaceObject, stored } from './write-object.ts';

/** `PUT …/NAME`: the whole object. @throws StatusError 404, and as `replaceObject`. */
export function updateObject(call: Call, type: ResourceType, attributes: ResourceAttributes): Answer {
  const current = findObject(call, type, attributes);
  return replaceObject(call, type, current, readBody(call));
}

/** `PATCH …/NAME` of any kind except server-side apply. @throws StatusError 404, 415 for another kind of patch, and as `replaceObject`. */
export function patchObject(call: Call, type: ResourceType, attributes: ResourceAttributes): Answer {
  const patch = readPatch(call, type);
  const current = findObject(call, type, attributes);
  const { resourceVersion } = current.metadata;
  const before = stored(type, current);
  const document = { ...before, metadata: { ...before.metadata, resourceVersion } };
  return replaceObject(call, type, current, applyPatch(patch, type.kind, document));
}
