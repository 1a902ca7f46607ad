import { parseQuery, splitTarget } from '../../wire/query-string.ts';

/** What S3's path and query say; nothing of it was looked up. */
export interface ObjectRequest {
  /** AWS's name, or method and path for what is none of the four operations that are here. */
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
}

/** Parameters that an operation may have; with any other one it is another operation, or does more than is understood here. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  PutObject: ['x-id'],
  GetObject: ['x-id', 'versionId'],
  ListObjectsV2: ['list-type', 'prefix', 'max-keys', 'start-after', 'continuation-token', 'encoding-type', 'x-id'],
  ListObjectVersions: ['versions', 'prefix', 'max-keys', 'key-marker', 'version-id-marker', 'encoding-type', 'x-id'],
};

/** Reads `/<bucket>/<key>?…`, as clients ask an endpoint that is an address. */
export function readObjectRequest(method: string, target: string): ObjectRequest {
  const { path, query: text } = splitTarget(target);
  const query = new Map([...parseQuery(text)].map(([name, values]) => [name, values.at(-1) ?? '']));
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(decodeURIComponent(path)) ?? [];
  const operation = operationOf(method, key, query);
  const isKnown = [...query.keys()].every((name) => KNOWN[operation]?.includes(name));
  return { operation: isKnown ? operation : `${method} ${target}`, bucket, key, query };
}

function operationOf(method: string, key: string, query: ReadonlyMap<string, string>): string {
  if (key !== '') return method === 'PUT' ? 'PutObject' : method === 'GET' ? 'GetObject' : method;
  if (method !== 'GET') return method;
  if (query.has('versions')) return 'ListObjectVersions';
  return query.get('list-type') === '2' ? 'ListObjectsV2' : method;
}
