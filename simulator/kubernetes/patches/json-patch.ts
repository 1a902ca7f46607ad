import { canonical } from '../canonical.ts';
import { PatchFault } from './patch-fault.ts';

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
