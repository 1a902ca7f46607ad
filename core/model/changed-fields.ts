import { canonicalJson } from '../hash/canonical-json.ts';

/** Which fields of a JSON document are others in the next one, as paths: `spec.target`, `spec.waves[prod].soak`. Items of lists go by their names. */
export function changedFields(before: unknown, after: unknown, path = ''): string[] {
  if (before === undefined || after === undefined) return before === after ? [] : [path];
  if (canonicalJson(before) === canonicalJson(after)) return [];
  const [old, next] = [itemsOf(before), itemsOf(after)];
  if (old === undefined || next === undefined || Array.isArray(before) !== Array.isArray(after)) return [path];
  const names = [...new Set([...old.keys(), ...next.keys()])];
  const at = (name: string) => (Array.isArray(before) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`);
  const found = names.flatMap((name) => changedFields(old.get(name), next.get(name), at(name)));
  return found.length === 0 && Array.isArray(before) ? [path] : found;
}

/** The members of an object, and the items of a list where each has a name of its own. */
function itemsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const items = new Map(value.map((one: unknown) => [String(Object(one).name), one]));
  return items.size === value.length && !items.has('undefined') ? items : undefined;
}
