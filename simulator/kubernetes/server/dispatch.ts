import type { ResourceType } from '../resource-types.ts';
import { findType } from '../served-types.ts';
import { type Answer, json, plainText, type StreamedAnswer } from './answer.ts';
import type { Call } from './call.ts';
import { createObject } from './create-object.ts';
import { deleteObject } from './delete-object.ts';
import { deleteNamedPod } from './delete-pod.ts';
import { noteDeprecated, withWarning } from './deprecated-requests.ts';
import { discovery } from './discovery.ts';
import { evict } from './evict.ts';
import { health, healthPaths } from './health.ts';
import { metrics } from './metrics.ts';
import { openapi } from './openapi.ts';
import { getObject, listObjects } from './read-objects.ts';
import { methodNotAllowed, unknownResource } from './refusals.ts';
import type { RequestInfo } from './request-info.ts';
import { createReview, reviewTypes } from './reviews.ts';
import { answerScale } from './scale.ts';
import { isUnavailable, serviceUnavailable } from './service-unavailable.ts';
import { patchObject, updateObject } from './update-object.ts';
import { versionInfo } from './version.ts';
import { watchObjects } from './watch.ts';

type ResourceInfo = Extract<RequestInfo, { kind: 'resource' }>;

/** Answers an allowed request. @throws StatusError for a path that is not served. */
export function dispatch(call: Call, info: RequestInfo): Answer | StreamedAnswer {
  return info.kind === 'path' ? dispatchPath(call) : dispatchResource(call, info);
}

function dispatchPath(call: Call): Answer {
  const path = call.path.length > 1 ? call.path.replace(/\/$/, '') : call.path;
  if (call.method !== 'GET' && call.method !== 'HEAD') throw methodNotAllowed();
  return answerPath({ ...call, path }) ?? plainText(404, '404 page not found\n');
}

function answerPath(call: Call): Answer | undefined {
  const { path } = call;
  if (path === '/')
    return json(200, { paths: ['/api', '/apis', ...healthPaths, '/metrics', '/openapi/v3', '/version'] });
  if (path === '/version') return json(200, versionInfo(call));
  if (path === '/metrics') return metrics(call);
  if (healthPaths.some((each) => path === each || path.startsWith(`${each}/`))) return health(call);
  if (path.startsWith('/openapi/')) return openapi(call);
  return /^\/apis?(\/|$)/.test(path) ? discovery(call) : undefined;
}

function dispatchResource(call: Call, { version, attributes }: ResourceInfo): Answer | StreamedAnswer {
  const { group, resource, subresource, namespace, verb } = attributes;
  const same = (type: { group: string; version: string; resource: string }) =>
    type.group === group && type.version === version && type.resource === resource;
  const review = reviewTypes.find(same);
  if (review !== undefined && subresource === undefined) {
    if (verb !== 'create') throw methodNotAllowed();
    return createReview(call, review);
  }
  if (isUnavailable(call.cluster, { group, version })) return serviceUnavailable();
  const type = findType(call.cluster, { group, version, resource });
  if (type === undefined) throw unknownResource();
  if (namespace !== undefined && !type.namespaced && resource !== 'namespaces') throw unknownResource();
  noteDeprecated(call, type);
  if (subresource === undefined) return withWarning(dispatchVerb(call, type, attributes), type);
  if (subresource === 'scale') return withWarning(answerScale(call, type, attributes), type);
  if (resource !== 'pods' || subresource !== 'eviction') throw unknownResource();
  if (verb !== 'create') throw methodNotAllowed();
  return evict(call, attributes);
}

function dispatchVerb(call: Call, type: ResourceType, attributes: ResourceInfo['attributes']): Answer | StreamedAnswer {
  const { verb } = attributes;
  if (verb === 'get') return getObject(call, type, attributes);
  if (verb === 'list') return listObjects(call, type, attributes);
  if (verb === 'watch') return watchObjects(call, type, attributes);
  if (!type.verbs.includes(verb)) throw methodNotAllowed();
  if (verb === 'create') return createObject(call, type, attributes);
  if (verb === 'update') return updateObject(call, type, attributes);
  if (verb === 'patch') return patchObject(call, type, attributes);
  if (verb === 'delete' && type.storage === '/pods') return deleteNamedPod(call, type, attributes);
  if (verb === 'delete') return deleteObject(call, type, attributes);
  throw methodNotAllowed();
}
