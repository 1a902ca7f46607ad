import { AwsFault } from '../../wire/aws-call.ts';
import type { Buckets, StoredObject } from './buckets.ts';

type Query = ReadonlyMap<string, string>;

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const PAGE = 1_000;

/** ListObjectsV2: newest versions by key. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export function listObjects(buckets: Buckets, bucket: string, query: Query): string {
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
export function listVersions(buckets: Buckets, bucket: string, query: Query): string {
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
