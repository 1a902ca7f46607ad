import type { RequestContext } from '../conditions/request-context.ts';
import { PARTITION } from './arns.ts';
import { text, textOrAny } from './input-members.ts';
import type { CallFacts, RequirementRow, RequirementRows } from './requirement.ts';
import { need } from './row-kinds.ts';

/** The ARN of a bucket or an object, which contains neither Region nor account. */
export const s3Arn = (path: string): string => `arn:${PARTITION}:s3:::${path}`;

const bucket = ({ input }: CallFacts): string => s3Arn(textOrAny(input, 'Bucket'));
const object = (call: CallFacts): string => `${bucket(call)}/${textOrAny(call.input, 'Key')}`;

const asked = ({ input }: CallFacts): RequestContext => ({
  's3:prefix': text(input, 'Prefix') ?? null,
  's3:max-keys': text(input, 'MaxKeys') ?? null,
  's3:delimiter': null,
});

/** Reading a version is an action of its own. */
const getObject: RequirementRow = (call) => {
  const version = text(call.input, 'VersionId');
  return version === undefined
    ? [need(call, 'GetObject', object(call))]
    : [need(call, 'GetObjectVersion', object(call), { 's3:versionid': version })];
};

/**
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html; the actions of lists have other names than their operations.
 */
export const s3Rows: RequirementRows = {
  GetObject: getObject,
  ListObjectVersions: (call) => [need(call, 'ListBucketVersions', bucket(call), asked(call))],
  ListObjectsV2: (call) => [need(call, 'ListBucket', bucket(call), asked(call))],
  PutObject: (call) => [
    need(call, 'PutObject', object(call), { 's3:if-none-match': text(call.input, 'IfNoneMatch') ?? null }),
  ],
};
