/** The route of an operation in REST: method, path with labels, and the status of its success. */
export interface Route {
  readonly method: string;
  readonly segments: readonly Segment[];
  readonly status: number;
}

type Segment = { readonly literal: string } | { readonly label: string };

/** Reads the `http` trait, `['POST', '/clusters/{name}/updates', 200]`. Throws for a form that no service here uses. */
export function routeOf([method, uri, status]: readonly [string, string, number]): Route {
  if (uri.includes('?') || uri.includes('+}')) throw new Error(`the path ${uri} is more than this server can match`);
  const segments = partsOf(uri).map(
    (part): Segment => (part.startsWith('{') ? { label: part.slice(1, -1) } : { literal: part }),
  );
  return { method, segments, status };
}

/**
 * The labels of a path as sent, still encoded (an ARN's `%2F` is no slash); undefined when it is another route's.
 * @param parts of the path, between its slashes
 */
export function matchRoute(
  route: Route,
  method: string,
  parts: readonly string[],
): ReadonlyMap<string, string> | undefined {
  if (method !== route.method || parts.length !== route.segments.length) return undefined;
  const labels = new Map<string, string>();
  for (const [index, segment] of route.segments.entries()) {
    const part = parts[index] ?? '';
    if ('label' in segment) labels.set(segment.label, part);
    if ('label' in segment ? part === '' : part !== segment.literal) return undefined;
  }
  return labels;
}

export const partsOf = (path: string): readonly string[] => path.slice(1).split('/');
