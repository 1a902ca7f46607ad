import { need } from '../../iam/requirements/row-kinds.ts';
import { s3Arn } from '../../iam/requirements/s3.ts';
import { type AwsCall, AwsFault } from '../../wire/aws-call.ts';
import type { HttpAnswer, HttpRequest } from '../../wire/http-message.ts';
import type { PassedRequest } from '../../wire/wire-options.ts';
import type { LocalCloud } from '../local-cloud.ts';
import type { BucketOptions, StoredObject } from './buckets.ts';
import { listObjects, listVersions } from './list-objects.ts';
import { type ObjectRequest, readObjectRequest } from './object-request.ts';
import { checkPut } from './put-conditions.ts';

type Principal = ReturnType<LocalCloud['authority']['admit']>;

/** S3 for what Liftlock and its command line ask of it; whatever else it has is answered with 501. */
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
  // No policy here lets another account in, and a bucket's ARN does not say whose it is.
  if (!('account' in principal) || principal.account !== bucket.account)
    throw new AwsFault('AccessDenied', 'Access Denied', { status: 403 });
  if (operation === 'PutObject') return put(cloud, bucket, key, request);
  if (operation === 'GetObject') return get(cloud, principal, call, bucket, asked);
  const list = operation === 'ListObjectsV2' ? listObjects : listVersions;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: list(cloud.buckets, bucket.name, query) };
}

const SERVED = ['PutObject', 'GetObject', 'ListObjectsV2', 'ListObjectVersions'];

/** In the SDK's words, as IAM is asked about it. */
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
  // Who may not list is not told what is there. Source: the API reference of GetObject.
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
