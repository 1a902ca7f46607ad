import { evictPod } from '../evict-pod.ts';
import type { ResourceAttributes } from '../permissions.ts';
import { findType } from '../served-types.ts';
import { StatusError } from '../status-error.ts';
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
 * `POST …/pods/NAME/eviction`: 201 when the pod goes.
 *
 * @throws StatusError 429 as long as its budget allows no disruption, without `Retry-After`, as upstream; 500 for a pod under
 * several budgets; 404; 409 for a precondition that does not hold.
 */
export function evict(call: Call, attributes: ResourceAttributes): Answer {
  const { apiVersion, kind, metadata, deleteOptions = {} }: Eviction = readBody(call);
  const type = findType(call.cluster, { group: '', version: 'v1', resource: 'pods' });
  const { namespace, name } = attributes;
  if (type === undefined || namespace === undefined || name === undefined) throw unknownResource();
  if (apiVersion !== 'policy/v1' || kind !== 'Eviction')
    throw badRequest(`${kind} in version "${apiVersion}" cannot be handled as a Eviction`);
  if (metadata?.name !== name) throw badRequest('name in URL does not match name in Eviction object');
  requireLivingNamespace(call, attributes);
  requirePreconditions(type, findObject(call, type, attributes), deleteOptions.preconditions);
  const dryRun = isDryRun(call.query, deleteOptions);
  const refused = evictPod(call.cluster, { namespace, name }, call.now, { dryRun });
  if (refused === undefined) {
    return json(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
  }
  const { code, message, cause, budget, retryAfterSeconds = 0 } = refused;
  if (code === 500) throw new StatusError(code, { message });
  if (code === 403 || cause === undefined) {
    const details = { ...(budget === undefined ? {} : { name: budget }), group: 'policy', kind: 'poddisruptionbudget' };
    throw new StatusError(code, { reason: 'Forbidden', message, details });
  }
  const causes = [{ reason: 'DisruptionBudget', message: cause }];
  const details = { causes, ...(retryAfterSeconds === 0 ? {} : { retryAfterSeconds }) };
  throw new StatusError(code, { reason: 'TooManyRequests', message, details });
}
