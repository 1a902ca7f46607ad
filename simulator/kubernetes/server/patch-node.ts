import type { ResourceAttributes } from '../permissions.ts';
import type { ResourceType } from '../resource-types.ts';
import { type Answer, json } from './answer.ts';
import { type Call, isDryRun, readBody } from './call.ts';
import { findObject } from './read-objects.ts';
import { conflict, methodNotAllowed, unsupportedMediaType } from './refusals.ts';
import { representObject } from './represent.ts';

const formats = ['application/strategic-merge-patch+json', 'application/merge-patch+json'];

interface NodePatch {
  readonly metadata?: { readonly name?: unknown; readonly resourceVersion?: unknown };
  readonly spec?: { readonly unschedulable?: unknown };
}

/**
 * `PATCH …/nodes/NAME` by `kubectl cordon`, `uncordon` and `drain`: `{"spec":{"unschedulable":true}}`, null or false to take it back.
 *
 * @throws StatusError 405 for whatever else a patch would change, 409 for an outdated `resourceVersion`, 415 for other kinds of patch.
 */
export function patchNode(call: Call, type: ResourceType, attributes: ResourceAttributes): Answer {
  const node = findObject(call, type, attributes);
  const { name, resourceVersion } = node.metadata;
  if (!formats.includes(call.headers['content-type']?.split(';')[0] ?? '')) throw unsupportedMediaType();
  const patch: NodePatch = readBody(call);
  requireCordonOnly(patch);
  const expected = patch.metadata?.resourceVersion;
  if (expected !== undefined && expected !== resourceVersion) {
    throw conflict(
      type,
      name,
      'the object has been modified; please apply your changes to the latest version and try again',
    );
  }
  const dryRun = isDryRun(call.query);
  const state = call.cluster.kubernetes.nodes.find((each) => each.name === name);
  if (state === undefined || patch.spec === undefined || !('unschedulable' in patch.spec))
    return json(200, representObject(call, type, node));
  const before = state.unschedulable;
  state.unschedulable = patch.spec.unschedulable === true;
  const patched = findObject(call, type, attributes);
  if (dryRun) state.unschedulable = before;
  return json(200, representObject(call, type, patched));
}

function requireCordonOnly(patch: NodePatch): void {
  const { metadata = {}, spec = {}, ...rest } = patch as Record<string, object>;
  const others = [
    ...Object.keys(rest).filter((member) => member !== 'kind' && member !== 'apiVersion'),
    ...Object.keys(metadata).flatMap((member) =>
      ['name', 'resourceVersion', 'uid'].includes(member) ? [] : [`metadata.${member}`],
    ),
    ...Object.keys(spec).flatMap((member) => (member === 'unschedulable' ? [] : [`spec.${member}`])),
  ];
  if (others.length > 0) throw methodNotAllowed(`patches of ${others.join(', ')}`);
}
