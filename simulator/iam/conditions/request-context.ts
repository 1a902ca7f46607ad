/**
 * Condition keys of one request. A key that is missing here was not supplied: conditions on it are undecided. `null` says that the request
 * has no such key, which is how AWS sees a tag that a principal does not have; `aws:PrincipalTag/*` says so of a whole family.
 */
export type RequestContext = Readonly<Record<string, ContextValue>>;
export type ContextValue = string | readonly string[] | null;

/** What a request has for a key: values (several for keys of that kind), `absent`, or `unsupplied`. */
export type Found = readonly string[] | 'absent' | 'unsupplied';
export type FindKey = (key: string) => Found;

/** Finds keys as IAM does, without regard to case. */
export function keysOf(context: RequestContext): FindKey {
  const byKey = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  return (key) => {
    const name = key.toLowerCase();
    if (byKey.has(name)) return foundValue(byKey.get(name));
    const slash = name.indexOf('/');
    return foundValue(slash < 0 ? undefined : byKey.get(`${name.slice(0, slash)}/*`));
  };
}

/** An empty list is as good as no key (IAM User Guide, "Single-valued vs. multivalued context keys"). */
function foundValue(value: ContextValue | undefined): Found {
  if (value === undefined) return 'unsupplied';
  if (typeof value === 'string') return [value];
  return value === null || value.length === 0 ? 'absent' : value;
}
