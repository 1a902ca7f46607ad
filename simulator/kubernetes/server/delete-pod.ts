import { deletePod } from '../evict-pod.ts';
import { timestamp } from '../objects/object-metadata.ts';
import type { ResourceAttributes } from '../permissions.ts';
import type { ResourceType } from '../resource-types.ts';
import { type Answer, json } from './answer.ts';
import { type Call, isDryRun, readBody } from './call.ts';
import { withKind } from './object-forms.ts';
import { requirePreconditions } from './preconditions.ts';
import { findObject } from './read-objects.ts';

/** `DELETE …/pods/NAME`: 200 with the deleted pod. It is removed at once, whatever its grace period. */
export function deleteNamedPod(call: Call, type: ResourceType, attributes: ResourceAttributes): Answer {
  const options: { dryRun?: unknown; preconditions?: unknown } = call.body.length === 0 ? {} : readBody(call);
  const pod = findObject(call, type, attributes);
  requirePreconditions(type, pod, options.preconditions);
  const { namespace = '', name } = pod.metadata;
  if (!isDryRun(call.query, options)) deletePod(call.cluster, { namespace, name }, call.now);
  const metadata = { ...pod.metadata, deletionTimestamp: timestamp(call.now), deletionGracePeriodSeconds: 0 };
  return json(200, withKind(type, { ...pod, metadata }));
}
