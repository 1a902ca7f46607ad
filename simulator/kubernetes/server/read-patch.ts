import { canonical } from '../canonical.ts';
import { type Fields, isFields } from '../patches/fields.ts';
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

interface Patch {
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

type Value = unknown;

interface Operation {
  readonly op?: unknown;
  readonly path?: unknown;
  readonly from?: unknown;
  readonly value?: Value;
}

/** Applies a JSON Patch (RFC 6902) to a copy of the document. @throws PatchFault for an operation that cannot be done. */
export function applyJsonPatch(document: Value, patch: Value): Value {
  if (!Array.isArray(patch)) throw new PatchFault(400, 'a JSON patch is a list of operations');
  return patch.reduce<Value>((result, operation) => apply(result, operation as Operation), structuredClone(document));
}

function apply(document: Value, { op, path: to, from, value }: Operation): Value {
  const path = pointer(to, 'path');
  if (op === 'add') return set(document, path, value, true);
  if (op === 'remove') return remove(document, path);
  if (op === 'replace') return set(document, path, value, false);
  if (op === 'test') {
    if (canonical(read(document, path)) === canonical(value)) return document;
    throw new PatchFault(422, `testing value ${String(to)} failed: test failed`);
  }
  if (op !== 'move' && op !== 'copy') throw new PatchFault(400, `unknown operation ${JSON.stringify(op)}`);
  const source = pointer(from, 'from');
  const moved = structuredClone(read(document, source));
  return set(op === 'move' ? remove(document, source) : document, path, moved, true);
}

function pointer(text: unknown, member: string): string[] {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/')))
    throw new PatchFault(400, `${member} ${JSON.stringify(text)} is no JSON pointer`);
  return text
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function read(document: Value, path: readonly string[]): Value {
  return path.reduce<Value>((value, part) => {
    if (!has(value, part)) throw missing(path);
    return (value as Record<string, Value>)[part];
  }, document);
}

function set(document: Value, path: readonly string[], value: Value, isNew: boolean): Value {
  const last = path.at(-1);
  if (last === undefined) return value;
  const parent = read(document, path.slice(0, -1));
  if (Array.isArray(parent)) {
    const index = last === '-' && isNew ? parent.length : indexIn(last, isNew ? parent.length : parent.length - 1);
    if (index === undefined) throw missing(path);
    parent.splice(index, isNew ? 0 : 1, value);
    return document;
  }
  if (typeof parent !== 'object' || parent === null || (!isNew && !has(parent, last))) throw missing(path);
  Object.defineProperty(parent, last, { value, enumerable: true, configurable: true, writable: true });
  return document;
}

function remove(document: Value, path: readonly string[]): Value {
  const last = path.at(-1);
  const parent = read(document, path.slice(0, -1));
  if (last === undefined || !has(parent, last)) throw missing(path);
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete (parent as Record<string, Value>)[last];
  return document;
}

function has(value: Value, part: string): boolean {
  if (Array.isArray(value)) return indexIn(part, value.length - 1) !== undefined;
  return typeof value === 'object' && value !== null && Object.hasOwn(value, part);
}

function indexIn(part: string, most: number): number | undefined {
  return /^(0|[1-9]\d*)$/.test(part) && Number(part) <= most ? Number(part) : undefined;
}

const missing = (path: readonly string[]): PatchFault =>
  new PatchFault(422, `the server rejected our request due to an error in our request: /${path.join('/')} is missing`);
