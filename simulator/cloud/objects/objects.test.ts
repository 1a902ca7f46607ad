import { createHash } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { AnchorBucket } from '../../../adapters/aws/anchors/anchor-bucket.ts';
import { anchorsContract } from '../../../test/contract/anchors-contract.ts';
import { testWorld } from '../../../test/material/eks/world.ts';
import { localAdministrator } from '../../iam/principals/local-administrator.ts';
import { installLocalCloud } from '../install-local-cloud.ts';
import type { LocalCloud } from '../local-cloud.ts';

const ACCOUNT = '000000000000';
const OTHER = '222222222222';
const REGION = 'eu-west-1';
const ARN = 'arn:aws:s3:::plain';

const bucket = (name: string, more = {}) => ({
  Type: 'AWS::S3::Bucket',
  Properties: { BucketName: name, VersioningConfiguration: { Status: 'Enabled' }, ...more },
});
const deny = (Action: string | string[], Condition?: object) => ({
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action,
  Resource: '*',
  ...(Condition === undefined ? {} : { Condition }),
});
const policy = (Bucket: string, ...Statement: object[]) => ({
  Type: 'AWS::S3::BucketPolicy',
  Properties: { Bucket, PolicyDocument: { Version: '2012-10-17', Statement } },
});
const STACK = {
  Resources: {
    Plain: bucket('plain'),
    Locked: bucket('locked', { ObjectLockEnabled: true }),
    Once: bucket('once'),
    OncePolicy: policy('once', deny('s3:PutObject', { Null: { 's3:if-none-match': 'true' } })),
    Shut: bucket('shut'),
    ShutPolicy: policy('shut', deny(['s3:GetObject', 's3:ListBucketVersions'])),
    Reader: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'reader',
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' },
          ],
        },
        Policies: [
          {
            PolicyName: 'Own',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: `${ARN}/*` }],
            },
          },
        ],
      },
    },
  },
};

let cloud: LocalCloud;
let notes: string[];
let clients: { destroy(): void }[];
let s3: S3Client;

const options = (credentials: object) => ({
  endpoint: cloud.wire.origin,
  region: REGION,
  credentials: credentials as { accessKeyId: string; secretAccessKey: string },
  maxAttempts: 1,
});
function as(credentials: object = localAdministrator(ACCOUNT)): S3Client {
  const client = new S3Client(options(credentials));
  clients.push(client);
  return client;
}
const put = (Key: string, more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket: 'plain', Key, Body: 'text', ...more }));
const get = async (Key: string, VersionId?: string) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'plain', Key, VersionId }));
  return Body?.transformToString();
};

beforeEach(async () => {
  [notes, clients] = [[], []];
  cloud = await installLocalCloud({
    assembly: { folder: '/none', templates: new Map([['Hub', STACK]]), assets: new Map() },
    stacks: [{ stack: 'Hub', account: ACCOUNT, region: REGION, parameters: {} }],
    eksState: testWorld(() => {}).state,
    start: new Date('2031-05-06T07:08:09.000Z'),
    seed: 1,
    accounts: [OTHER],
    onNote: (note) => notes.push(note),
  });
  cloud.authority.iam.directory.addAdministrator(OTHER);
  s3 = as();
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  await cloud.close();
});

describe("the SDK's own client", () => {
  it('puts bytes and gets them back', async () => {
    const Body = Uint8Array.of(0, 255, 10, 13, 60);
    const { ETag, VersionId } = await put('a/b c+ü%2F.bin', { Body, ContentType: 'application/x-test' });
    expect(ETag).toBe(`"${createHash('md5').update(Body).digest('hex')}"`);
    const got = await s3.send(new GetObjectCommand({ Bucket: 'plain', Key: 'a/b c+ü%2F.bin' }));
    expect(await got.Body?.transformToByteArray()).toEqual(Body);
    expect(got).toMatchObject({
      ContentType: 'application/x-test',
      ContentLength: 5,
      VersionId,
      ETag,
      LastModified: new Date('2031-05-06T07:08:09.000Z'),
    });
  });

  it('lists in the order of bytes, in pages, of a prefix', async () => {
    for (const key of ['b', 'a/2', 'a/10', 'a/1', 'a&<>"']) await put(key);
    const keys: (string | undefined)[] = [];
    let token: string | undefined;
    do {
      const page: ListObjectsV2CommandOutput = await s3.send(
        new ListObjectsV2Command({ Bucket: 'plain', Prefix: 'a', MaxKeys: 2, ContinuationToken: token }),
      );
      expect(page.KeyCount).toBe(page.Contents?.length);
      keys.push(...(page.Contents ?? []).map(({ Key }) => Key));
      token = page.NextContinuationToken;
    } while (token !== undefined);
    expect(keys).toEqual(['a&<>"', 'a/1', 'a/10', 'a/2']);
    const after = await s3.send(new ListObjectsV2Command({ Bucket: 'plain', StartAfter: 'a/10', MaxKeys: 1 }));
    expect(after).toMatchObject({ Contents: [{ Key: 'a/2', Size: 4, StorageClass: 'STANDARD' }], IsTruncated: true });
    expect(await s3.send(new ListObjectsV2Command({ Bucket: 'once' }))).toMatchObject({ KeyCount: 0 });
  });

  it('keeps every version, and lists the newest first', async () => {
    const versions: (string | undefined)[] = [];
    for (const Body of ['1', '2', '3']) versions.push((await put('a', { Body })).VersionId);
    await put('b');
    expect(await get('a')).toBe('3');
    expect(await get('a', versions[0])).toBe('1');
    const first = await s3.send(new ListObjectVersionsCommand({ Bucket: 'plain', MaxKeys: 2 }));
    expect(first).toMatchObject({
      IsTruncated: true,
      Versions: [
        { Key: 'a', VersionId: versions[2], IsLatest: true },
        { Key: 'a', VersionId: versions[1], IsLatest: false },
      ],
    });
    const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = first;
    const rest = await s3.send(new ListObjectVersionsCommand({ Bucket: 'plain', KeyMarker, VersionIdMarker }));
    expect(rest.Versions?.map(({ Key, VersionId }) => [Key, VersionId])).toEqual([
      ['a', versions[0]],
      ['b', expect.any(String)],
    ]);
  });
});

describe('S3 refuses', () => {
  const refused = (work: Promise<unknown>) =>
    work.then(
      () => 'no refusal',
      (error: Error & { $metadata: { httpStatusCode?: number } }) => `${error.name} ${error.$metadata.httpStatusCode}`,
    );

  it('a second put of what must not be there yet, and keeps the first', async () => {
    await put('a', { Body: 'first', IfNoneMatch: '*' });
    expect(await refused(put('a', { Body: 'second', IfNoneMatch: '*' }))).toBe('PreconditionFailed 412');
    expect(await get('a')).toBe('first');
  });

  it('what is not there, by what it is', async () => {
    expect(await refused(get('none'))).toBe('NoSuchKey 404');
    await put('a');
    expect(await refused(get('a', 'none'))).toBe('NoSuchVersion 404');
    expect(await refused(s3.send(new ListObjectsV2Command({ Bucket: 'none' })))).toBe('NoSuchBucket 404');
  });

  it('to tell somebody who may not list what is not there', async () => {
    const sts = new STSClient(options(localAdministrator(ACCOUNT)));
    clients.push(sts);
    const RoleArn = `arn:aws:iam::${ACCOUNT}:role/reader`;
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }));
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials ?? {};
    const reader = as({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken });
    await put('a');
    await reader.send(new GetObjectCommand({ Bucket: 'plain', Key: 'a' }));
    for (const command of [
      new GetObjectCommand({ Bucket: 'plain', Key: 'none' }),
      new GetObjectCommand({ Bucket: 'locked', Key: 'a' }),
    ])
      expect(await refused(reader.send(command))).toBe('AccessDenied 403');
    expect(await refused(reader.send(new ListObjectsV2Command({ Bucket: 'plain' })))).toBe('AccessDenied 403');
    expect(await refused(reader.send(new PutObjectCommand({ Bucket: 'plain', Key: 'b', Body: 'x' })))).toBe(
      'AccessDenied 403',
    );
  });

  it('whom the policy of a bucket denies, the administrator too', async () => {
    const once = { Bucket: 'once', IfNoneMatch: '*' };
    await put('a', once);
    expect(await refused(put('b', { Bucket: 'once' }))).toBe('AccessDenied 403');
    await put('a', { Bucket: 'shut' });
    expect(await refused(s3.send(new GetObjectCommand({ Bucket: 'shut', Key: 'a' })))).toBe('AccessDenied 403');
    expect(await refused(s3.send(new ListObjectVersionsCommand({ Bucket: 'shut' })))).toBe('AccessDenied 403');
  });

  it('another account, and keys that nobody has', async () => {
    const list = new ListObjectsV2Command({ Bucket: 'plain' });
    expect(await refused(as(localAdministrator(OTHER)).send(list))).toBe('AccessDenied 403');
    const nobody = { accessKeyId: 'AKIDNOBODY', secretAccessKey: 'x' };
    expect(await refused(as(nobody).send(list))).toBe('InvalidAccessKeyId 403');
    const forged = { ...localAdministrator(ACCOUNT), secretAccessKey: 'forged' };
    expect(await refused(as(forged).send(list))).toBe('SignatureDoesNotMatch 403');
  });

  it('an object without a checksum where objects are locked, and one that does not match', async () => {
    const without = new S3Client({
      ...options(localAdministrator(ACCOUNT)),
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
    clients.push(without);
    const command = () => new PutObjectCommand({ Bucket: 'locked', Key: 'a', Body: 'text' });
    expect(await refused(without.send(command()))).toBe('InvalidRequest 400');
    expect(await refused(put('a', { Bucket: 'locked' }))).toBe('no refusal');
    expect(await refused(put('b', { ChecksumCRC32: 'AAAAAA==' }))).toBe('BadDigest 400');
    expect(await refused(put('b', { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' }))).toBe('BadDigest 400');
  });

  it('what is more than it understands, loudly', async () => {
    expect(await refused(put('a', { IfMatch: '"etag"' }))).toBe('NotImplemented 501');
    expect(await refused(put('a', { ObjectLockLegalHoldStatus: 'ON' }))).toBe('NotImplemented 501');
    expect(await refused(s3.send(new DeleteObjectCommand({ Bucket: 'plain', Key: 'a' })))).toBe('NotImplemented 501');
    expect(await refused(s3.send(new ListObjectsV2Command({ Bucket: 'plain', Delimiter: '/' })))).toBe(
      'NotImplemented 501',
    );
    expect(notes).toHaveLength(2);
  });
});

describe('anchors in a bucket', () => {
  const open = () => new AnchorBucket('locked', options(localAdministrator(ACCOUNT)));

  anchorsContract('a bucket', async () => {
    const store = open();
    clients.push({ destroy: () => store.close() });
    return store;
  });

  it('are put at once, as large as a batch may be', async () => {
    const store = open();
    clients.push({ destroy: () => store.close() });
    const large = 'x'.repeat(5_000_000);
    expect(await store.put(1, large)).toBe(true);
    expect(await store.read(1)).toBe(large);
  });

  it('are not followed after what is none', async () => {
    const store = open();
    clients.push({ destroy: () => store.close() });
    await put('audit/000', { Bucket: 'locked' });
    await expect(store.newest()).rejects.toMatchObject({ name: 'AnchorRefused' });
  });

  it('are read as they were put first, and it is told when one was put again', async () => {
    const store = open();
    clients.push({ destroy: () => store.close() });
    for (const number of [1, 2]) await store.put(number, `text ${number}`);
    await put('audit/999999999998.jsonl', { Bucket: 'locked', Body: 'another' });
    expect((await store.all()).sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'audit/999999999997.jsonl', text: 'text 2' },
      { name: 'audit/999999999998.jsonl', text: 'text 1', problem: expect.stringContaining('put again') },
    ]);
  });
});
