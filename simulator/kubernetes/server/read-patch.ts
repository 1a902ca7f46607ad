import { type Fields, isFields } from '../patches/fields.ts';
import { applyJsonPatch } from '../patches/json-patch.ts';
import { PatchFault } from '../patches/patch-fault.ts';
import { applyStrategicMergePatch } from '../patches/strategic-merge-patch.ts';
import type { ResourceType } from '../resource-types.ts';
import { StatusError } from '../status-error.ts';
import type { Call } from './call.ts';
import { badRequest } from './refusals.ts';

const formats = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
} as const;

export interface Patch {
  readonly format: (typeof formats)[keyof typeof formats];
  readonly body: unknown;
}

/** The patch in the body. @throws StatusError 415 for an unsupported kind, like server-side apply; 400 for invalid JSON. */
export function readPatch({ headers, body }: Call, { custom }: ResourceType): Patch {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  if (type.startsWith('application/apply-patch')) {
    const message = `server-side apply (${type}) is not modelled by the local cloud: apply without --server-side`;
    throw new StatusError(415, { reason: 'UnsupportedMediaType', message });
  }
  const format = Object.hasOwn(formats, type) ? formats[type as keyof typeof formats] : undefined;
  // The merge keys of custom resources are not known.
  if (format === undefined || (format === 'strategic' && custom === true)) {
    const accepted = Object.keys(formats).filter((each) => custom !== true || formats[each as never] !== 'strategic');
    const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
    throw new StatusError(415, { reason: 'UnsupportedMediaType', message });
  }
  try {
    return { format, body: JSON.parse(body.toString()) };
  } catch (error) {
    throw badRequest(`the body of the request is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
}

/** @throws StatusError 400 for an invalid patch, 422 for one that does not fit. */
export function applyPatch({ format, body }: Patch, kind: string, document: Fields): Fields {
  try {
    const patched = format === 'json' ? applyJsonPatch(document, body) : merged(format, kind, document, body);
    if (isFields(patched)) return patched;
    throw new PatchFault(400, 'the patch leaves no object');
  } catch (error) {
    if (!(error instanceof PatchFault)) throw error;
    if (error.code === 400) throw badRequest(error.message);
    throw new StatusError(422, { reason: 'Invalid', message: error.message, details: {} });
  }
}

function merged(format: 'merge' | 'strategic', kind: string, document: Fields, body: unknown): unknown {
  if (!isFields(body)) throw new PatchFault(400, 'the patch is not a JSON object');
  return format === 'merge' ? applyMergePatch(document, body) : applyStrategicMergePatch(kind, document, body);
}

/** Applies a JSON Merge Patch (RFC 7386): null removes a member, and a list is replaced. */
export function applyMergePatch(document: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const merged = new Map(Object.entries(isFields(document) ? document : {}));
  for (const [member, value] of Object.entries(patch)) {
    if (value === null) merged.delete(member);
    else merged.set(member, applyMergePatch(merged.get(member), value));
  }
  return Object.fromEntries(merged);
}
