import { namespaceNames } from '../objects/namespace-object.ts';
import { timestamp, uidOf } from '../objects/object-metadata.ts';
import type { ResourceAttributes } from '../permissions.ts';
import { apiVersionOf, type ResourceType } from '../resource-types.ts';
import { type Answer, json } from './answer.ts';
import { type Call, isDryRun, readBody } from './call.ts';
import { observe } from './read-objects.ts';
import { alreadyExists, badRequest, methodNotAllowed, notFound } from './refusals.ts';
import { validate } from './validate-object.ts';

interface Sent {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly generateName?: string; readonly namespace?: string };
}

/**
 * `POST` of an object with `dryRun=All`: 201 with the object as it would be created. Nothing is ever created: the model's workloads
 * come from its fleet.
 *
 * @throws StatusError 405 without `dryRun`; 400, 404 (of its namespace), 409 or 422 for what could not be created.
 */
export function createDryRun(call: Call, type: ResourceType, attributes: ResourceAttributes): Answer {
  if (!isDryRun(call.query)) throw methodNotAllowed(`creating ${type.resource}, only dryRun=All`);
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
  const name = metadata.name ?? (metadata.generateName === undefined ? '' : `${metadata.generateName}x8k2p`);
  validate(type, name, sent);
  if (observe(call, type).objects.some((each) => each.metadata.name === name && each.metadata.namespace === namespace))
    throw alreadyExists(type, name);
  const identity = { kind: type.kind, name, ...(namespace === undefined ? {} : { namespace }) };
  const uid = uidOf(call.cluster, { ...identity, incarnation: call.now });
  const created = {
    name,
    uid,
    creationTimestamp: timestamp(call.now),
    ...(namespace === undefined ? {} : { namespace }),
  };
  return json(201, { ...sent, metadata: { ...metadata, ...created } });
}
