import { timestamp } from '../objects/object-metadata.ts';
import type { ResourceAttributes } from '../permissions.ts';
import type { ResourceType } from '../resource-types.ts';
import { texts } from '../resources/stored-object.ts';
import { StatusError } from '../status-error.ts';
import { putObject } from '../writes/put-object.ts';
import { takeAway } from '../writes/take-away.ts';
import { type Answer, json } from './answer.ts';
import { type Call, isDryRun, readBody } from './call.ts';
import { withKind } from './object-forms.ts';
import { requirePreconditions } from './preconditions.ts';
import { findObject } from './read-objects.ts';
import { requireKept, stored } from './write-object.ts';

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
export function deleteObject(call: Call, type: ResourceType, attributes: ResourceAttributes): Answer {
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
