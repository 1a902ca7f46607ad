import { type Fields, isFields } from './fields.ts';
import { type MergeKey, mergeKeysOf, replacedObjects } from './merge-keys.ts';
import { PatchFault } from './patch-fault.ts';

/** A path in the object, without indices: `spec.template.spec.containers.env`. */
interface Place {
  readonly kind: string;
  readonly path: string;
  /** Undefined where they are not known. */
  readonly keys: Readonly<Record<string, MergeKey>> | undefined;
}

/**
 * Applies a strategic merge patch: like a merge patch, but keys identify the elements of lists, and directives (`$patch`, `$setElementOrder/…`,
 * `$deleteFromPrimitiveList/…`, `$retainKeys`) change them in other ways.
 * @throws PatchFault for a list of a kind whose lists are not known, and for an invalid directive.
 */
export function applyStrategicMergePatch(kind: string, document: Fields, patch: Fields): Fields {
  return mergeFields({ kind, path: '', keys: mergeKeysOf(kind) }, document, patch);
}

function mergeFields(place: Place, document: Fields, patch: Fields): Fields {
  const { $patch: directive, $retainKeys: retained, ...members } = patch;
  if (directive === 'delete') return {};
  if (directive === 'replace') return members;
  if (directive !== undefined && directive !== 'merge') throw unknownDirective(place, directive);
  const merged = new Map(Object.entries(document));
  for (const [name, value] of Object.entries(members)) {
    if (name.startsWith('$')) continue;
    const inner = { ...place, path: place.path === '' ? name : `${place.path}.${name}` };
    const next = mergeValue(inner, merged.get(name), value);
    if (next === undefined) merged.delete(name);
    else merged.set(name, next);
  }
  for (const [name, value] of Object.entries(members)) if (name.startsWith('$')) direct(place, merged, name, value);
  if (retained === undefined) return Object.fromEntries(merged);
  if (!Array.isArray(retained)) throw unknownDirective(place, '$retainKeys');
  return Object.fromEntries([...merged].filter(([name]) => retained.includes(name)));
}

/** Undefined removes the member. */
function mergeValue(place: Place, old: unknown, value: unknown): unknown {
  if (value === null) return undefined;
  if (Array.isArray(value)) return mergeList(place, Array.isArray(old) ? old : [], value);
  if (!isFields(value)) return value;
  if (value.$patch === 'delete') return undefined;
  const isReplaced = replacedObjects.includes(`${place.kind} ${place.path}`);
  return mergeFields(place, isFields(old) && !isReplaced ? old : {}, value);
}

function mergeList({ ...place }: Place, old: readonly unknown[], patch: readonly unknown[]): unknown[] {
  const { kind, path, keys } = place;
  if (keys === undefined) throw new PatchFault(400, `the local cloud does not know the lists of ${kind}: ${path}`);
  const key = keys[path];
  const replaces = patch.some((each) => isFields(each) && each.$patch === 'replace');
  if (replaces) return patch.filter((each) => !isFields(each) || each.$patch !== 'replace');
  if (key === undefined) return [...patch];
  if (key === 'values') return [...new Set([...old, ...patch])];
  let merged = [...old];
  for (const element of patch) {
    if (!isFields(element) || element[key] === undefined)
      throw new PatchFault(400, `map: ${JSON.stringify(element)} does not contain declared merge key: ${key}`);
    const at = merged.findIndex((each) => isFields(each) && each[key] === element[key]);
    const before = merged[at];
    if (element.$patch === 'delete') merged = merged.filter((_, index) => index !== at);
    else if (isFields(before)) merged[at] = mergeFields(place, before, element);
    else merged.push(mergeFields(place, {}, element));
  }
  return merged;
}

function direct(place: Place, merged: Map<string, unknown>, name: string, value: unknown): void {
  const [directive, member = ''] = name.split(/\/(.*)/);
  const path = place.path === '' ? member : `${place.path}.${member}`;
  const list = merged.get(member);
  if (directive === '$deleteFromPrimitiveList' && Array.isArray(value)) {
    if (Array.isArray(list))
      merged.set(
        member,
        list.filter((each) => !value.includes(each)),
      );
  } else if (directive === '$setElementOrder' && Array.isArray(value)) {
    if (Array.isArray(list)) merged.set(member, inOrder(list, value, place.keys?.[path]));
  } else throw unknownDirective(place, name);
}

/** Elements in the order come first; the others keep their order behind them. */
function inOrder(list: readonly unknown[], order: readonly unknown[], key: MergeKey | undefined): unknown[] {
  const keyOf = (element: unknown) =>
    key === undefined || key === 'values' || !isFields(element) ? element : element[key];
  const wanted = order.map(keyOf);
  const rank = (element: unknown) => {
    const found = wanted.indexOf(keyOf(element));
    return found < 0 ? wanted.length : found;
  };
  return [...list].sort((left, right) => rank(left) - rank(right));
}

const unknownDirective = ({ path }: Place, directive: unknown): PatchFault =>
  new PatchFault(400, `${path === '' ? 'the patch' : path}: ${JSON.stringify(directive)} is no directive of a patch`);
