/**
 * Condition keys of one request. A missing key was not supplied, and conditions on it are undecided. `null` means that the request has no such key,
 * like a tag that a principal does not have; `aws:PrincipalTag/*` means it for a whole family.
 */
export type RequestContext = Readonly<Record<string, ContextValue>>;
export type ContextValue = string | readonly string[] | null;

/** The request's values for a key (several for keys of that kind), `absent`, or `unsupplied`. */
export type Found = readonly string[] | 'absent' | 'unsupplied';
export type FindKey = (key: string) => Found;

/** Finds keys like IAM, ignoring case. */
export function keysOf(context: RequestContext): FindKey {
  const byKey = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  return (key) => {
    const name = key.toLowerCase();
    if (byKey.has(name)) return foundValue(byKey.get(name));
    const slash = name.indexOf('/');
    return foundValue(slash < 0 ? undefined : byKey.get(`${name.slice(0, slash)}/*`));
  };
}

/** An empty list equals no key (IAM User Guide, "Single-valued vs. multivalued context keys"). */
function foundValue(value: ContextValue | undefined): Found {
  if (value === undefined) return 'unsupplied';
  if (typeof value === 'string') return [value];
  return value === null || value.length === 0 ? 'absent' : value;
}
