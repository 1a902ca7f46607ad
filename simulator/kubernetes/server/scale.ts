import type { KubernetesObject } from '../objects/object-metadata.ts';
import type { ResourceAttributes } from '../permissions.ts';
import type { ResourceType } from '../resource-types.ts';
import { scalePath, valueAtPath } from '../resources/scale-path.ts';
import { record } from '../resources/stored-object.ts';
import { StatusError } from '../status-error.ts';
import { type Answer, json } from './answer.ts';
import { type Call, isDryRun, readBody } from './call.ts';
import { findObject } from './read-objects.ts';
import { applyPatch, readPatch } from './read-patch.ts';
import { invalid, methodNotAllowed, unknownResource } from './refusals.ts';
import { replaceObject, stored } from './write-object.ts';

/** `…/NAME/scale`: an object's replicas, read and written separately. */
export function answerScale(call: Call, type: ResourceType, attributes: ResourceAttributes): Answer {
  const path = scalePath(call.cluster.kubernetes, type);
  if (path === undefined) throw unknownResource();
  const { verb } = attributes;
  if (!['get', 'update', 'patch'].includes(verb)) throw methodNotAllowed();
  const current = findObject(call, type, attributes);
  const before = scaleOf(current, path);
  if (verb === 'get') return json(200, before);
  const wanted = verb === 'update' ? readBody(call) : applyPatch(readPatch(call, type), 'Scale', before);
  const { replicas = 0 } = record(wanted.spec);
  if (typeof replicas !== 'number' || replicas < 0) {
    const message = `Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0`;
    const scaleKind = { ...type, group: 'autoscaling', kind: 'Scale' };
    throw invalid(scaleKind, current.metadata.name, [{ reason: 'FieldValueInvalid', field: 'spec.replicas', message }]);
  }
  const { resourceVersion = current.metadata.resourceVersion } = record(wanted.metadata);
  const { metadata, ...rest } = stored(type, current);
  const next = { ...withValue(rest, path, replicas), metadata: { ...metadata, resourceVersion } };
  replaceObject(call, type, current, next, 'scale');
  if (isDryRun(call.query)) return json(200, { ...before, spec: { replicas } });
  return json(200, scaleOf(findObject(call, type, attributes), path));
}

function scaleOf({ metadata, ...object }: KubernetesObject, path: readonly string[]) {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  const { selector } = record(object.spec);
  const labels = Object.entries(record(record(selector).matchLabels));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: valueAtPath(object, path) ?? 0 },
    status: {
      replicas: record(object.status).replicas ?? 0,
      selector: labels.map(([key, value]) => `${key}=${String(value)}`).join(','),
    },
  };
}

function withValue(object: unknown, [member, ...rest]: readonly string[], value: unknown): Record<string, unknown> {
  if (member === undefined) throw new StatusError(500, { reason: 'InternalError', message: 'a scale has no path' });
  const old = record(object);
  return { ...old, [member]: rest.length === 0 ? value : withValue(old[member], rest, value) };
}
