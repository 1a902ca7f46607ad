import { canonical } from '../canonical.ts';
import { noteCordon } from '../disruption/disruption-counts.ts';
import { namespaceNames } from '../objects/namespace-object.ts';
import { type KubernetesObject, timestamp, uidOf } from '../objects/object-metadata.ts';
import { type ResourceAttributes, userName } from '../permissions.ts';
import { nameSuffix } from '../pod-names.ts';
import { apiVersionOf, type ResourceType } from '../resource-types.ts';
import { valueAtPath } from '../resources/scale-path.ts';
import { list, record, type StoredObject, texts } from '../resources/stored-object.ts';
import { managedFieldsAfter } from '../writes/managed-fields.ts';
import { findPodState, findStored, putObject, takeAway } from '../writes/put-object.ts';
import { type Answer, type Call, isDryRun, json, readBody } from './call.ts';
import { withKind } from './object-forms.ts';
import { findObject, observe } from './read-objects.ts';
import {
  alreadyExists,
  badRequest,
  conflict,
  type FieldCause,
  invalid,
  methodNotAllowed,
  notFound,
} from './refusals.ts';
import { representObject } from './represent.ts';
import { requireLivingNamespace } from './require-living-namespace.ts';
import { validate } from './validate-object.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Members that only the API server writes: a client's values are ignored. */
const served = [
  'managedFields',
  'uid',
  'creationTimestamp',
  'generation',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
];
const dropped = ['resourceVersion', 'selfLink', ...served];

/**
 * Replaces `current`, an object as it was read, by `next`: 200 with the stored object.
 * @throws StatusError 400 for another object, 409 for an outdated one, 422 for an invalid or immutable member, 405 for a change that the model cannot
 * store.
 */
export function replaceObject(
  call: Call,
  type: ResourceType,
  current: KubernetesObject,
  next: Fields,
  subresource?: string,
): Answer {
  const replacement = prepare(type, current, next);
  const before = stored(type, current);
  validate(type, current.metadata.name, replacement);
  requireUnchanged(type, before, replacement);
  requireKept(call, type, current);
  if (isDryRun(call.query)) return json(200, withKind(type, { ...replacement, status: current.status } as never));
  const { namespace, name } = current.metadata;
  if (canonical(before) !== canonical(replacement))
    putObject(call.cluster, type, noted(call, type, { before, replacement }, subresource), { before, now: call.now });
  const isCordoned = ({ spec }: StoredObject) => type.storage === '/nodes' && record(spec).unschedulable === true;
  if (isCordoned(replacement) && !isCordoned(before)) noteCordon(call.cluster, userName(call.user), call.now);
  const { finalizers, deletionTimestamp } = replacement.metadata;
  if (deletionTimestamp !== undefined && texts(finalizers).length === 0) {
    takeAway(call.cluster, type, current.metadata, { orphans: false, now: call.now });
    return json(200, withKind(type, current));
  }
  const attributes = { verb: 'get', group: type.group, resource: type.resource, name };
  const found = findObject(call, type, namespace === undefined ? attributes : { ...attributes, namespace });
  return json(200, representObject(call, type, found));
}

function noted(
  call: Call,
  type: ResourceType,
  { before, replacement }: { readonly before: StoredObject; readonly replacement: StoredObject },
  subresource: string | undefined,
): StoredObject {
  const { metadata } = replacement;
  const write = subresource === undefined ? call : { ...call, subresource };
  return {
    ...replacement,
    metadata: { ...metadata, managedFields: managedFieldsAfter(before, replacement, type, write) },
  };
}

/** The object to store, from the client's members and those that stay. */
function prepare(type: ResourceType, current: KubernetesObject, next: Fields): StoredObject {
  const metadata = record(next.metadata);
  const { name, namespace, uid, resourceVersion } = current.metadata;
  requireSameObject(type, current, next);
  if (metadata.uid !== undefined && metadata.uid !== uid) {
    const why = `Precondition failed: UID in precondition: ${String(metadata.uid)}, UID in object meta: ${uid}`;
    throw conflict(type, name, why);
  }
  const version = metadata.resourceVersion ?? '';
  if (version === '' && !mayBeUnconditional(type)) {
    const message = 'Invalid value: 0x0: must be specified for an update';
    throw invalid(type, name, [{ reason: 'FieldValueInvalid', field: 'metadata.resourceVersion', message }]);
  }
  if (version !== '' && version !== resourceVersion) throw outdated(type, name);
  const kept = current.metadata as unknown as Fields;
  const own = Object.fromEntries(
    served.flatMap((member) => (kept[member] === undefined ? [] : [[member, kept[member]]])),
  );
  const said = Object.fromEntries(Object.entries(metadata).filter(([member]) => !dropped.includes(member)));
  const replacement: StoredObject = {
    ...next,
    ...{ apiVersion: apiVersionOf(type), kind: type.kind },
    ...(current.status === undefined ? {} : { status: current.status }),
    metadata: { ...said, ...own, name, ...(namespace === undefined ? {} : { namespace }) },
  };
  if (
    typeof kept.generation !== 'number' ||
    canonical(content(stored(type, current))) === canonical(content(replacement))
  )
    return replacement;
  return { ...replacement, metadata: { ...replacement.metadata, generation: kept.generation + 1 } };
}

function requireSameObject(
  type: ResourceType,
  { metadata: { name, namespace } }: KubernetesObject,
  next: Fields,
): void {
  const metadata = record(next.metadata);
  const { apiVersion = apiVersionOf(type), kind = type.kind } = next;
  if (kind !== type.kind || apiVersion !== apiVersionOf(type))
    throw badRequest(`${String(kind)} in version "${String(apiVersion)}" cannot be handled as a ${type.kind}`);
  if (metadata.name !== undefined && metadata.name !== name)
    throw badRequest(`the name of the object (${String(metadata.name)}) does not match the name on the URL (${name})`);
  if (metadata.namespace !== undefined && metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

function outdated(type: ResourceType, name: string) {
  const why = 'the object has been modified; please apply your changes to the latest version and try again';
  return conflict(type, name, why);
}

/** 405 for a member that follows from other state of this model, and would be reverted at the next read. */
export function requireKept({ cluster }: Call, type: ResourceType, { metadata }: KubernetesObject): void {
  const { kubernetes } = cluster;
  if (findStored(kubernetes, type, metadata) !== undefined) return;
  if (type.storage === 'apps/replicasets') throw methodNotAllowed('changes of a ReplicaSet that a Deployment made');
  if (type.storage === '/pods' && findPodState(kubernetes, metadata) === undefined)
    throw methodNotAllowed('changes of a pod that a DaemonSet made');
}

/** The stored form of an object: without its revision. */
export function stored(type: ResourceType, { metadata, ...rest }: KubernetesObject): StoredObject {
  const { resourceVersion: _revision, ...kept } = metadata;
  return { apiVersion: apiVersionOf(type), kind: type.kind, ...rest, metadata: kept };
}

/** The part that counts for `generation`. */
function content({ metadata: _metadata, status: _status, ...rest }: StoredObject): object {
  return rest;
}

/** Immutable members, by kind. */
const immutable: Readonly<Record<string, readonly string[]>> = {
  DaemonSet: ['spec.selector'],
  Deployment: ['spec.selector'],
  Job: ['spec.selector', 'spec.template'],
  ReplicaSet: ['spec.selector'],
  RoleBinding: ['roleRef'],
  ClusterRoleBinding: ['roleRef'],
};

/** Only these members of a StatefulSet may change. */
const changeable = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

/** Only these members of a node are stored. */
const ofNodes = ['unschedulable', 'taints'];

/** 422 for a change of an immutable member. */
function requireUnchanged(type: ResourceType, before: StoredObject, after: StoredObject): void {
  const paths = (immutable[type.kind] ?? []).filter((path) => {
    const at = path.split('.');
    return differ(valueAtPath(before, at), valueAtPath(after, at));
  });
  const causes = paths.map((path) => cause(path, valueAtPath(after, path.split('.')), 'field is immutable'));
  if (type.kind === 'StatefulSet' && differ(without(before, changeable), without(after, changeable)))
    causes.push(
      forbidden('spec', `updates to statefulset spec for fields other than ${quoted(changeable)} are forbidden`),
    );
  if (type.kind === 'Node' && differ(without(before, ofNodes), without(after, ofNodes)))
    causes.push(forbidden('spec', `the local cloud keeps no changes of nodes but of ${quoted(ofNodes)}`));
  if (type.kind === 'Pod' && differ(podWithoutImages(before), podWithoutImages(after)))
    causes.push(
      forbidden(
        'spec',
        'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds`',
      ),
    );
  if (causes.length > 0) throw invalid(type, after.metadata.name, causes);
}

/** Whether an update may leave out the version that it is based on. */
const mayBeUnconditional = ({ kind, custom }: ResourceType): boolean =>
  custom !== true && kind !== 'PodDisruptionBudget';

function podWithoutImages({ spec }: StoredObject): unknown {
  const { containers, initContainers, activeDeadlineSeconds, tolerations, terminationGracePeriodSeconds, ...rest } =
    record(spec);
  const withoutImage = (each: unknown) => ({ ...record(each), image: '' });
  return {
    ...rest,
    containers: list(containers).map(withoutImage),
    initContainers: list(initContainers).map(withoutImage),
  };
}

const without = ({ spec }: StoredObject, members: readonly string[]): object =>
  Object.fromEntries(Object.entries(record(spec)).filter(([member]) => !members.includes(member)));

const quoted = (members: readonly string[]): string => members.map((member) => `'${member}'`).join(', ');

const cause = (field: string, value: unknown, why: string): FieldCause => ({
  ...{ reason: 'FieldValueInvalid', field },
  message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
});

const forbidden = (field: string, why: string): FieldCause => ({
  ...{ reason: 'FieldValueForbidden', field },
  message: `Forbidden: ${why}`,
});

const differ = (left: unknown, right: unknown): boolean => canonical(left) !== canonical(right);

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
