import type { Attributes, ResourceAttributes } from '../permissions.ts';

/** The meaning of a request for the API server, from method, path and query. */
export type RequestInfo =
  | { readonly kind: 'resource'; readonly version: string; readonly attributes: ResourceAttributes }
  | { readonly kind: 'path'; readonly attributes: Extract<Attributes, { path: string }> };

const verbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch' };

/**
 * `GET /api/v1/namespaces/shop/pods/api-1` → get of the pod api-1 in shop. Paths that name no resource (`/version`, `/apis/apps`) keep the method as
 * their verb. A namespace is in itself, as upstream.
 */
export function requestInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  const parts = path.split('/').filter((part) => part !== '');
  const [root, ...rest] = parts.map(decoded);
  const grouped = root === 'apis';
  const group = grouped ? (rest.shift() ?? '') : '';
  const version = rest.shift();
  if ((root !== 'api' && !grouped) || version === undefined || rest.length === 0)
    return { kind: 'path', attributes: { verb: method.toLowerCase(), path } };
  const namespace = rest[0] === 'namespaces' ? rest[1] : undefined;
  // `namespaces/shop/pods` is about pods; `namespaces/shop` and `namespaces/shop/status` are about the namespace.
  const within = rest[0] === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(rest[2] ?? '');
  const [resource = '', name, subresource] = within ? rest.slice(2) : rest;
  return {
    kind: 'resource',
    version,
    attributes: {
      verb: verbOf(method, name, query),
      group,
      resource,
      ...(subresource === undefined ? {} : { subresource }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
    },
  };
}

function verbOf(method: string, name: string | undefined, query: URLSearchParams): string {
  if (method === 'GET' || method === 'HEAD') {
    if (isTrue(query.get('watch'))) return 'watch';
    return name === undefined ? 'list' : 'get';
  }
  if (method === 'DELETE') return name === undefined ? 'deletecollection' : 'delete';
  return verbs[method] ?? method.toLowerCase();
}

/** Reads a boolean of a query like Go. */
export const isTrue = (value: string | null): boolean =>
  value !== null && ['1', 't', 'true'].includes(value.toLowerCase());

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
