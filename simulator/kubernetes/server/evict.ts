import { objectsOf } from '../api-objects.ts';
import { requestEviction } from '../evict-pod.ts';
import type { KubernetesObject } from '../objects/object-metadata.ts';
import type { ResourceAttributes } from '../permissions.ts';
import type { ResourceType } from '../resource-types.ts';
import { record } from '../resources/stored-object.ts';
import { findType } from '../served-types.ts';
import { type Answer, json } from './answer.ts';
import { type Call, isDryRun, readBody } from './call.ts';
import { requirePreconditions } from './preconditions.ts';
import { findObject } from './read-objects.ts';
import { badRequest, unknownResource } from './refusals.ts';
import { requireLivingNamespace } from './require-living-namespace.ts';

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
export function evict(call: Call, attributes: ResourceAttributes): Answer {
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
