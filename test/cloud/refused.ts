import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { errorName, tellsDenial } from '../../core/contracts/errors.ts';
import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';
import { localAdministrator } from '../../simulator/iam/principals/local-administrator.ts';

/** An object that nobody may put: its denials are what is asked for. */
export const PROBE = 'audit/probe';

/** What not even the administrator of the hub's account may do to the audit and its anchors; each that succeeds is a problem. */
export async function auditChanges(cloud: LocalCloud): Promise<string[]> {
  return [...(await changesOfItems(cloud)), ...(await changesOfAnchors(cloud))];
}

async function changesOfItems(cloud: LocalCloud): Promise<string[]> {
  const audit = cloud.resources.find(({ logicalId }) => logicalId.startsWith('AuditTable'));
  const [item] = await cloud.auditTimeline();
  if (audit === undefined || item === undefined) return ['there is no audit to change'];
  const TableName = audit.name;
  const Key = { subject: { S: item.subject }, sequence: { N: String(item.sequence) } };
  const update = {
    UpdateExpression: 'SET principal = :nobody',
    ExpressionAttributeValues: { ':nobody': { S: 'nobody' } },
  };
  const another = { ...Key, sequence: { N: '1000000' } };
  const tries = [
    ['dynamodb:DeleteItem', () => cloud.dynamo.send(new DeleteItemCommand({ TableName, Key }))],
    ['dynamodb:UpdateItem', () => cloud.dynamo.send(new UpdateItemCommand({ TableName, Key, ...update }))],
    // Outside a transaction: Liftlock itself puts in no other way.
    ['dynamodb:PutItem', () => cloud.dynamo.send(new PutItemCommand({ TableName, Item: another }))],
  ] as const;
  return taken(audit.logicalId, tries);
}

/** The administrator may put nothing, and the function itself nothing that could be there already. */
async function changesOfAnchors(cloud: LocalCloud): Promise<string[]> {
  const target = cloud.functions.all().find(({ options }) => options.name === 'liftlock-anchor-audit');
  if (target === undefined) return ['there is no function that anchors'];
  const { roleArn, name, arn } = target.options;
  const source = { service: 'lambda.amazonaws.com', sourceArn: arn, sourceAccount: cloud.hub.account };
  const { credentials } = cloud.authority.functionSession(roleArn, name, source);
  const put = (who: { accessKeyId: string; secretAccessKey: string }, IfNoneMatch?: '*') => async () => {
    const client = new S3Client({ endpoint: cloud.wire.origin, region: cloud.hub.region, credentials: who });
    const input = { Bucket: cloud.anchorBucket, Key: PROBE, Body: 'probe' };
    await client.send(new PutObjectCommand({ ...input, IfNoneMatch })).finally(() => client.destroy());
  };
  const policy = cloud.resources.find(({ type }) => type === 'AWS::S3::BucketPolicy');
  return taken(policy?.logicalId ?? '', [
    ['an object of the administrator', put(localAdministrator(cloud.hub.account), '*')],
    ['an object that may be there already', put(credentials)],
  ]);
}

async function taken(
  what: string,
  tries: readonly (readonly [name: string, attempt: () => Promise<unknown>])[],
): Promise<string[]> {
  const problems: string[] = [];
  for (const [name, attempt] of tries) {
    const refusal = await attempt().then(() => undefined, errorName);
    if (refusal === undefined || !tellsDenial(refusal))
      problems.push(`${what} takes ${name} (${refusal ?? 'no refusal'})`);
  }
  return problems;
}
