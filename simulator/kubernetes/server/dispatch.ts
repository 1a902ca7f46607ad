import { objectsOf } from '../api-objects.ts';
import { deletePod, requestEviction } from '../evict-pod.ts';
import { type KubernetesObject, timestamp } from '../objects/object-metadata.ts';
import type { ResourceAttributes } from '../permissions.ts';
import type { ResourceType } from '../resource-types.ts';
import { scalePath, valueAtPath } from '../resources/scale-path.ts';
import { record, texts } from '../resources/stored-object.ts';
import { findType } from '../served-types.ts';
import { StatusError } from '../status-error.ts';
import { putObject, takeAway } from '../writes/put-object.ts';
import { type Answer, type Call, isDryRun, json, plainText, readBody, type StreamedAnswer } from './call.ts';
import { noteDeprecated, withWarning } from './deprecated-requests.ts';
import { discovery } from './discovery.ts';
import { health, healthPaths } from './health.ts';
import { metrics } from './metrics.ts';
import { withKind } from './object-forms.ts';
import { openapi } from './openapi.ts';
import { findObject, getObject, listObjects, watchObjects } from './read-objects.ts';
import { applyPatch, readPatch } from './read-patch.ts';
import { badRequest, conflict, invalid, methodNotAllowed, unknownResource } from './refusals.ts';
import type { RequestInfo } from './request-info.ts';
import { requireLivingNamespace } from './require-living-namespace.ts';
import { createReview, reviewTypes } from './reviews.ts';
import { isUnavailable, serviceUnavailable } from './service-unavailable.ts';
import { versionInfo } from './version.ts';
import { createObject, replaceObject, requireKept, stored } from './write-object.ts';

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

/** `DELETE …/pods/NAME`: 200 with the deleted pod. It is removed at once, whatever its grace period. */
function deleteNamedPod(call: Call, type: ResourceType, attributes: ResourceAttributes): Answer {
  const options: { dryRun?: unknown; preconditions?: unknown } = call.body.length === 0 ? {} : readBody(call);
  const pod = findObject(call, type, attributes);
  requirePreconditions(type, pod, options.preconditions);
  const { namespace = '', name } = pod.metadata;
  if (!isDryRun(call.query, options)) deletePod(call.cluster, { namespace, name }, call.now);
  const metadata = { ...pod.metadata, deletionTimestamp: timestamp(call.now), deletionGracePeriodSeconds: 0 };
  return json(200, withKind(type, { ...pod, metadata }));
}

interface DeleteOptions {
  readonly dryRun?: unknown;
  readonly preconditions?: unknown;
  readonly propagationPolicy?: unknown;
}

const everlasting = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/**
 * `DELETE …/NAME`: 200, with the object where it stays until its finalizers are removed. Its dependents are removed at once too, unless
 * `propagationPolicy` is Orphan.
 */
function deleteObject(call: Call, type: ResourceType, attributes: ResourceAttributes): Answer {
  const options: DeleteOptions = call.body.length === 0 ? {} : readBody(call);
  const object = findObject(call, type, attributes);
  const { name, uid, namespace } = object.metadata;
  requirePreconditions(type, object, options.preconditions);
  requireKept(call, type, object);
  if (type.storage === '/namespaces' && everlasting.includes(name)) {
    const message = `namespaces "${name}" is forbidden: this namespace may not be deleted`;
    throw new StatusError(403, { reason: 'Forbidden', message, details: { name, kind: 'namespaces' } });
  }
  const dryRun = isDryRun(call.query, options);
  const before = stored(type, object);
  if (texts(before.metadata.finalizers).length > 0) {
    const metadata = { deletionTimestamp: timestamp(call.now), deletionGracePeriodSeconds: 0, ...before.metadata };
    if (!dryRun) putObject(call.cluster, type, { ...before, metadata }, { before, now: call.now });
    return json(200, withKind(type, dryRun ? object : findObject(call, type, attributes)));
  }
  // As in the time before such policies, pods of a Job stay by default.
  const unsaid = type.storage === 'batch/jobs' ? 'Orphan' : undefined;
  const orphans = (options.propagationPolicy ?? call.query.get('propagationPolicy') ?? unsaid) === 'Orphan';
  const own = namespace === undefined ? { name, uid } : { name, uid, namespace };
  if (!dryRun) takeAway(call.cluster, type, own, { orphans, now: call.now });
  const details = { name, ...(type.group === '' ? {} : { group: type.group }), kind: type.resource, uid };
  return json(200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
}

/** `PUT …/NAME`: the whole object. @throws StatusError 404, and as `replaceObject`. */
function updateObject(call: Call, type: ResourceType, attributes: ResourceAttributes): Answer {
  const current = findObject(call, type, attributes);
  return replaceObject(call, type, current, readBody(call));
}

/** `PATCH …/NAME` of any kind except server-side apply. @throws StatusError 404, 415 for another kind of patch, and as `replaceObject`. */
function patchObject(call: Call, type: ResourceType, attributes: ResourceAttributes): Answer {
  const patch = readPatch(call, type);
  const current = findObject(call, type, attributes);
  const { resourceVersion } = current.metadata;
  const before = stored(type, current);
  const document = { ...before, metadata: { ...before.metadata, resourceVersion } };
  return replaceObject(call, type, current, applyPatch(patch, type.kind, document));
}

interface Eviction {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string };
  readonly deleteOptions?: { readonly dryRun?: unknown; readonly preconditions?: unknown };
}

/**
 * `POST …/pods/NAME/eviction`: 201 when the pod is evicted.
 * @throws StatusError as `requestEviction`.
 */
function evict(call: Call, attributes: ResourceAttributes): Answer {
  const { apiVersion, kind, metadata, deleteOptions = {} }: Eviction = readBody(call);
  const { namespace, name } = attributes;
  if (namespace === undefined || name === undefined) throw unknownResource();
  if (apiVersion !== 'policy/v1' || kind !== 'Eviction')
    throw badRequest(`${kind} in version "${apiVersion}" cannot be handled as a Eviction`);
  if (metadata?.name !== name) throw badRequest('name in URL does not match name in Eviction object');
  requireLivingNamespace(call, attributes);
  const type = findType(call.cluster, { group: '', version: 'v1', resource: 'pods' });
  if (type === undefined) throw unknownResource();
  const options = { dryRun: isDryRun(call.query, deleteOptions) };
  requestEviction(call.cluster, { namespace, name }, call.now, options, () => {
    const { preconditions } = deleteOptions;
    requirePreconditions(type, podOf(call, type, attributes, preconditions), preconditions);
  });
  return json(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
}

/** Revisions need all pods, which takes long in a large cluster, so they are read only for a precondition on one. */
function podOf(call: Call, type: ResourceType, attributes: ResourceAttributes, preconditions: unknown) {
  const { namespace, name } = attributes;
  const isMeant = ({ metadata }: KubernetesObject) => metadata.name === name && metadata.namespace === namespace;
  const found = objectsOf(call.cluster, type, call.now, { namespace, name }).find(isMeant);
  const isEnough = found !== undefined && record(preconditions).resourceVersion === undefined;
  return isEnough ? found : findObject(call, type, attributes);
}

/** `…/NAME/scale`: an object's replicas, read and written separately. */
function answerScale(call: Call, type: ResourceType, attributes: ResourceAttributes): Answer {
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

/** 409 unless the object matches the `preconditions` of DeleteOptions. */
function requirePreconditions(type: ResourceType, object: KubernetesObject, preconditions: unknown): void {
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
