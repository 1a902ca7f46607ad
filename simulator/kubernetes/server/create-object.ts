import { namespaceNames } from '../objects/namespace-object.ts';
import { timestamp, uidOf } from '../objects/object-metadata.ts';
import type { ResourceAttributes } from '../permissions.ts';
import { nameSuffix } from '../pod-names.ts';
import { apiVersionOf, type ResourceType } from '../resource-types.ts';
import { record, type StoredObject } from '../resources/stored-object.ts';
import { managedFieldsAfter } from '../writes/managed-fields.ts';
import { putObject } from '../writes/put-object.ts';
import { type Answer, json } from './answer.ts';
import { type Call, isDryRun, readBody } from './call.ts';
import { findObject, observe } from './read-objects.ts';
import { alreadyExists, badRequest, methodNotAllowed, notFound } from './refusals.ts';
import { representObject } from './represent.ts';
import { requireLivingNamespace } from './require-living-namespace.ts';
import { validate } from './validate-object.ts';

interface Sent {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly generateName?: string; readonly namespace?: string };
}

/**
 * `POST` of an object: 201 with the created object.
 * @throws StatusError 400, 403 or 404 (of its namespace), 409 or 422 for an object that cannot be created.
 */
export function createObject(call: Call, type: ResourceType, attributes: ResourceAttributes): Answer {
  const namespace = type.namespaced ? attributes.namespace : undefined;
  if (attributes.name !== undefined || (type.namespaced && namespace === undefined)) throw methodNotAllowed();
  const sent = readBody(call);
  const { apiVersion, kind, metadata = {} }: Sent = sent;
  if (apiVersion !== apiVersionOf(type) || kind !== type.kind)
    throw badRequest(`${kind} in version "${apiVersion}" cannot be handled as a ${type.kind}`);
  if (metadata.namespace !== undefined && metadata.namespace !== '' && metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  if (namespace !== undefined && !namespaceNames(call.cluster).includes(namespace))
    throw notFound({ group: '', resource: 'namespaces' }, namespace);
  const name = metadata.name ?? (metadata.generateName === undefined ? '' : generatedName(call, metadata.generateName));
  requireLivingNamespace(call, { ...attributes, name });
  validate(type, name, sent);
  if (observe(call, type).objects.some((each) => each.metadata.name === name && each.metadata.namespace === namespace))
    throw alreadyExists(type, name);
  const created = made(call, type, sent, namespace === undefined ? { name } : { name, namespace });
  const dryRun = isDryRun(call.query);
  if (dryRun) return json(201, created);
  putObject(call.cluster, type, created, { before: undefined, now: call.now });
  return json(201, representObject(call, type, findObject(call, type, { ...attributes, name })));
}

/** The stored object, with the API server's additions. The model identifies workloads by name, one of each. */
function made(call: Call, type: ResourceType, sent: Sent, name: { name: string; namespace?: string }): StoredObject {
  const isWorkload = type.storage.startsWith('apps/');
  const identity = { kind: type.kind, ...name, ...(isWorkload ? {} : { incarnation: call.now }) };
  const { status, ...rest } = sent as Readonly<Record<string, unknown>>;
  const { resourceVersion: _revision, managedFields: _managers, ...metadata } = record(sent.metadata);
  return {
    ...rest,
    ...defaultsOf(type, rest),
    ...{ apiVersion: apiVersionOf(type), kind: type.kind },
    ...(type.custom === true && status !== undefined ? { status } : {}),
    metadata: {
      ...metadata,
      ...name,
      uid: uidOf(call.cluster, identity),
      creationTimestamp: timestamp(call.now),
      managedFields: managedFieldsAfter(undefined, undefined, type, call),
      ...(rest.spec === undefined ? {} : { generation: 1 }),
    },
  };
}

/** The API server's defaults, as far as a client here needs them. */
function defaultsOf({ storage }: ResourceType, { spec }: Readonly<Record<string, unknown>>): object {
  if (storage === '/namespaces')
    return { spec: { finalizers: ['kubernetes'], ...record(spec) }, status: { phase: 'Active' } };
  if (scaled.includes(storage)) return { spec: { replicas: 1, ...record(spec) } };
  return {};
}

const scaled = ['apps/deployments', 'apps/replicasets', 'apps/statefulsets', '/replicationcontrollers'];

function generatedName({ cluster }: Call, prefix: string): string {
  cluster.kubernetes.sequence += 1;
  return `${prefix}${nameSuffix(cluster.kubernetes.sequence)}`;
}
