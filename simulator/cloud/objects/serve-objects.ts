import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { s3Arn } from '../../iam/requirements/requirements.ts';
import { need } from '../../iam/requirements/row-kinds.ts';
import { type AwsCall, AwsFault } from '../../wire/aws-call.ts';
import { parseQuery, splitTarget } from '../../wire/query-string.ts';
import type { HttpAnswer, HttpRequest, PassedRequest } from '../../wire/wire-options.ts';
import type { LocalCloud } from '../local-cloud.ts';
import type { BucketOptions, Buckets, StoredObject } from './buckets.ts';

type Principal = ReturnType<LocalCloud['authority']['admit']>;

/** S3 as far as Liftlock and its command line use it; every other call is answered with 501. */
export async function serveObjects(
  cloud: LocalCloud,
  request: HttpRequest,
  context: PassedRequest,
): Promise<HttpAnswer> {
  const asked = readObjectRequest(request.method, request.target);
  const { operation, bucket: name, key, query } = asked;
  const call: AwsCall = { ...context, service: 's3', operation, input: inputOf(asked, request) };
  if (!SERVED.includes(operation)) {
    cloud.options.onNote(`s3:${operation} is not modelled by the local cloud; it was answered with 501.`);
    throw new AwsFault('NotImplemented', `s3 ${operation} is not modelled by this server`, { status: 501 });
  }
  const principal = cloud.authority.admit(call);
  const bucket = cloud.buckets.find(name);
  if (bucket === undefined) throw new AwsFault('NoSuchBucket', 'The specified bucket does not exist', { status: 404 });
  // No policy here admits another account, and a bucket's ARN does not contain its account.
  if (!('account' in principal) || principal.account !== bucket.account)
    throw new AwsFault('AccessDenied', 'Access Denied', { status: 403 });
  if (operation === 'PutObject') return put(cloud, bucket, key, request);
  if (operation === 'GetObject') return get(cloud, principal, call, bucket, asked);
  const list = operation === 'ListObjectsV2' ? listObjects : listVersions;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: list(cloud.buckets, bucket.name, query) };
}

const SERVED = ['PutObject', 'GetObject', 'ListObjectsV2', 'ListObjectVersions'];

/** The input in the SDK's names, for IAM. */
function inputOf({ bucket, key, query }: ObjectRequest, { headers }: HttpRequest): object {
  const members = {
    Bucket: bucket,
    Key: key,
    Prefix: query.get('prefix'),
    MaxKeys: query.get('max-keys'),
    VersionId: query.get('versionId'),
    IfNoneMatch: headers['if-none-match'],
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== ''));
}

function put({ buckets, clock }: LocalCloud, bucket: BucketOptions, key: string, request: HttpRequest): HttpAnswer {
  checkPut(request, bucket);
  if (request.headers['if-none-match'] === '*' && buckets.versionsOf(bucket.name, key).length > 0)
    throw new AwsFault('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
      status: 412,
    });
  const contentType = request.headers['content-type'] ?? 'binary/octet-stream';
  const stored = buckets.put(bucket.name, key, { body: request.body, contentType, at: clock.now().getTime() });
  return { status: 200, headers: { ...tags(stored), 'x-amz-server-side-encryption': 'AES256' }, body: '' };
}

function get(
  { authority, buckets }: LocalCloud,
  principal: Principal,
  call: AwsCall,
  { name }: BucketOptions,
  { key, query }: ObjectRequest,
): HttpAnswer {
  const versionId = query.get('versionId');
  const versions = buckets.versionsOf(name, key);
  const found = versionId === undefined ? versions[0] : versions.find((version) => version.versionId === versionId);
  if (found !== undefined)
    return {
      status: 200,
      headers: { ...tags(found), 'content-type': found.contentType, 'last-modified': new Date(found.at).toUTCString() },
      body: Buffer.from(found.body, 'base64'),
    };
  // A caller without the permission to list is not told what exists. Source: the API reference of GetObject.
  const facts = { ...call, input: {}, account: '', lookups: { arnOf: () => undefined } };
  const [list] = [
    need(facts, 'ListBucket', s3Arn(name), { 's3:prefix': null, 's3:max-keys': null, 's3:delimiter': null }),
  ];
  if (!authority.may(principal, list, 's3:GetObject of what is not there'))
    throw new AwsFault('AccessDenied', 'Access Denied', { status: 403 });
  if (versionId !== undefined && versions.length > 0)
    throw new AwsFault('NoSuchVersion', 'The specified version does not exist.', { status: 404 });
  throw new AwsFault('NoSuchKey', 'The specified key does not exist.', { status: 404 });
}

const tags = ({ etag, versionId }: StoredObject): Record<string, string> => ({ etag, 'x-amz-version-id': versionId });

/** The content of S3's path and query, before any lookup. */
interface ObjectRequest {
  /** AWS's name, or method and path for an operation that is not modelled. */
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
}

/** Parameters that an operation may have; any other one makes it another operation, or one that is not modelled completely. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  PutObject: ['x-id'],
  GetObject: ['x-id', 'versionId'],
  ListObjectsV2: ['list-type', 'prefix', 'max-keys', 'start-after', 'continuation-token', 'encoding-type', 'x-id'],
  ListObjectVersions: ['versions', 'prefix', 'max-keys', 'key-marker', 'version-id-marker', 'encoding-type', 'x-id'],
};

/** Reads `/<bucket>/<key>?…`, which clients request when the endpoint is an address. */
function readObjectRequest(method: string, target: string): ObjectRequest {
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

/** Headers of PutObject that are not modelled. */
const MORE =
  /^(?:if-match|x-amz-(?:object-lock-|acl|grant-|copy-|server-side-encryption|tagging|storage-class|website-))/;

/** Checks the headers of a put like S3. Sources: conditional-writes, object-lock-managing and checking-object-integrity in the S3 user guide. */
function checkPut({ headers, body }: HttpRequest, { locks }: { readonly locks: boolean }): void {
  const more = Object.keys(headers).find((name) => MORE.test(name));
  if (more !== undefined || (headers['content-encoding'] ?? '').includes('aws-chunked'))
    throw fault('NotImplemented', `${more ?? 'aws-chunked'} is not understood by the local cloud`, 501);
  const condition = headers['if-none-match'];
  if (condition !== undefined && condition !== '*')
    throw fault('NotImplemented', 'A header you provided implies functionality that is not implemented', 501);
  const md5 = headers['content-md5'];
  const checksums = Object.keys(headers).filter((name) => /^x-amz-checksum-(?!type)/.test(name));
  if (locks && md5 === undefined && checksums.length === 0)
    throw fault(
      'InvalidRequest',
      'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
      400,
    );
  if (md5 !== undefined && md5 !== createHash('md5').update(body).digest('base64'))
    throw fault('BadDigest', 'The Content-MD5 you specified did not match what we received.', 400);
  const given = headers['x-amz-checksum-crc32'];
  if (given !== undefined && given !== crc32Text(body))
    throw fault('BadDigest', 'The CRC32 you specified did not match the calculated checksum.', 400);
}

function crc32Text(body: Buffer): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString('base64');
}

const fault = (name: string, message: string, status: number) => new AwsFault(name, message, { status });

type Query = ReadonlyMap<string, string>;

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const PAGE = 1_000;

/** ListObjectsV2: newest versions by key. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
function listObjects(buckets: Buckets, bucket: string, query: Query): string {
  const token = query.get('continuation-token');
  const after = token === undefined ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
  const all = buckets.keys(bucket, query.get('prefix') ?? '').filter((key) => key > after);
  const page = all.slice(0, pageSize(query));
  const contents = page.map((key) => {
    const [newest] = buckets.versionsOf(bucket, key);
    return newest === undefined ? '' : element('Contents', `${keyElement(key, query)}${described(newest)}`);
  });
  const isCut = page.length < all.length;
  const next = isCut ? text('NextContinuationToken', Buffer.from(page.at(-1) ?? '').toString('base64url')) : '';
  return document(
    'ListBucketResult',
    bucket,
    query,
    isCut,
    `${text('KeyCount', page.length)}${next}${contents.join('')}`,
  );
}

/** ListObjectVersions: every version, the newest of a key first. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
function listVersions(buckets: Buckets, bucket: string, query: Query): string {
  const all = buckets
    .keys(bucket, query.get('prefix') ?? '')
    .flatMap((key) =>
      buckets.versionsOf(bucket, key).map((version, index) => ({ key, version, isLatest: index === 0 })),
    );
  const [markedKey, markedVersion] = [query.get('key-marker') ?? '', query.get('version-id-marker') ?? ''];
  const marked = all.findIndex(({ key, version }) => key === markedKey && version.versionId === markedVersion);
  const left = marked < 0 ? all.filter(({ key }) => key > markedKey) : all.slice(marked + 1);
  const page = left.slice(0, pageSize(query));
  const versions = page.map(({ key, version, isLatest }) =>
    element(
      'Version',
      `${keyElement(key, query)}${text('VersionId', version.versionId)}${text('IsLatest', isLatest)}${described(version)}`,
    ),
  );
  const last = page.at(-1);
  const isCut = page.length < left.length && last !== undefined;
  const next = isCut ? `${text('NextKeyMarker', last.key)}${text('NextVersionIdMarker', last.version.versionId)}` : '';
  return document('ListVersionsResult', bucket, query, isCut, `${next}${versions.join('')}`);
}

function pageSize(query: Query): number {
  const given = query.get('max-keys') ?? String(PAGE);
  if (!/^\d{1,10}$/.test(given))
    throw new AwsFault('InvalidArgument', 'Provided max-keys not an integer or within integer range', { status: 400 });
  return Math.min(Number(given), PAGE);
}

function document(name: string, bucket: string, query: Query, isCut: boolean, more: string): string {
  const encoding = query.get('encoding-type');
  const head = [
    text('Name', bucket),
    text('Prefix', query.get('prefix') ?? ''),
    text('MaxKeys', pageSize(query)),
    ...(encoding === undefined ? [] : [text('EncodingType', encoding)]),
    text('IsTruncated', isCut),
  ].join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="${NAMESPACE}">${head}${more}</${name}>`;
}

const described = ({ at, etag, size }: StoredObject): string =>
  `${text('LastModified', new Date(at).toISOString())}${text('ETag', etag)}${text('Size', size)}${text('StorageClass', 'STANDARD')}`;

const keyElement = (key: string, query: Query): string =>
  text('Key', query.get('encoding-type') === 'url' ? encodeURIComponent(key).replaceAll('%2F', '/') : key);

const element = (name: string, content: string): string => `<${name}>${content}</${name}>`;
const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const text = (name: string, value: string | number | boolean): string =>
  element(
    name,
    String(value).replace(/[&<>"]/g, (letter) => escapes[letter] ?? letter),
  );
