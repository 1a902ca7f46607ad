import { synthesize } from '../../test/material/infra/synthesize.ts';
import {
  listOf,
  readable,
  resourcesOf,
  type Statement,
  statementsOf,
  type Template,
} from '../../test/material/infra/template.ts';
import { COMPLIANCE_WORDS } from '../settings/settings.ts';

const { hub, state } = synthesize();
const bucketOf = (template: Template) => {
  const [bucket, ...more] = resourcesOf(template, 'AWS::S3::Bucket');
  expect(more).toEqual([]);
  return bucket;
};
const [policy] = resourcesOf(state, 'AWS::S3::BucketPolicy').map(
  ({ Properties }) => (readable(Properties.PolicyDocument) as { Statement: Statement[] }).Statement,
);
const denied = (action: string): Statement[] =>
  (policy ?? []).filter(({ Effect, Action }) => Effect === 'Deny' && listOf(Action).includes(action));

test('the bucket stays when the stack goes, in versions and under a lock that its owner may lift', () => {
  expect(bucketOf(state)).toMatchObject({
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 400 } } },
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
    },
  });
});

test('days and a lock for good are settings', () => {
  const { Properties } = bucketOf(synthesize({ anchorDays: 3_650, anchorMode: COMPLIANCE_WORDS }).state) ?? {};
  expect(Properties).toMatchObject({
    ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 3_650 } } },
  });
});

test('no role but that of anchor-audit may put, and the bucket denies it to all others', () => {
  const putting = [hub, state].flatMap((template) =>
    Object.entries(template.Resources)
      .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
      .filter(([id]) =>
        statementsOf(template, id).some(({ Action }) => listOf(Action).some((one) => /^s3:(Put|\*)/.test(one))),
      )
      .map(([, { Properties }]) => Properties.RoleName),
  );
  expect(putting).toEqual(['liftlock-anchor-audit']);
  const role = 'arn:<Partition>:iam::<AccountId>:role/liftlock-anchor-audit';
  expect(denied('s3:PutObject').map(({ Condition }) => Condition)).toEqual([
    { ArnNotEquals: { 'aws:PrincipalArn': role } },
    { Null: { 's3:if-none-match': 'true' } },
  ]);
  for (const statement of denied('s3:PutObject'))
    expect(statement).toMatchObject({ Principal: { AWS: '*' }, Resource: '<AnchorsBucket>/*' });
});

test.each([
  's3:DeleteObject',
  's3:DeleteObjectVersion',
  's3:BypassGovernanceRetention',
  's3:PutObjectRetention',
  's3:PutObjectLegalHold',
  's3:PutLifecycleConfiguration',
  's3:DeleteBucket',
])('%s is denied to everybody', (action) => {
  expect(denied(action)).toEqual([expect.objectContaining({ Principal: { AWS: '*' } })]);
  expect(denied(action)[0]?.Condition).toBeUndefined();
});

test('the default lock, the only one of new anchors, is denied to all but the role with which CloudFormation deploys', () => {
  const role = 'arn:<Partition>:iam::<AccountId>:role/cdk-*-cfn-exec-role-*';
  expect(denied('s3:PutBucketObjectLockConfiguration')).toEqual([
    expect.objectContaining({
      ...{ Principal: { AWS: '*' }, Resource: '<AnchorsBucket>' },
      Condition: { ArnNotLike: { 'aws:PrincipalArn': role } },
    }),
  ]);
});

test('nothing is read or put without TLS', () => {
  expect(denied('s3:*')).toMatchObject([{ Condition: { Bool: { 'aws:SecureTransport': 'false' } } }]);
});

test('every change of the audit table reaches the function, and a batch that was given up is kept', () => {
  const audit = resourcesOf(state, 'AWS::DynamoDB::Table').find(({ Properties }) => Properties.ResourcePolicy);
  expect(audit?.Properties.StreamSpecification).toMatchObject({ StreamViewType: 'NEW_AND_OLD_IMAGES' });
  expect(audit?.Properties.TimeToLiveSpecification).toBeUndefined();
  const mappings = resourcesOf(hub, 'AWS::Lambda::EventSourceMapping').map(({ Properties }) => readable(Properties));
  const stream = mappings.find((mapping) => (mapping as { StartingPosition?: string }).StartingPosition !== undefined);
  expect(stream).toEqual({
    FunctionName: '<FunctionsanchorauditFunction>',
    EventSourceArn: '<AuditTable>',
    StartingPosition: 'TRIM_HORIZON',
    Enabled: true,
    BatchSize: 1_000,
    MaximumBatchingWindowInSeconds: 60,
    MaximumRecordAgeInSeconds: 72_000,
    DestinationConfig: { OnFailure: { Destination: '<UndeliveredQueue>' } },
  });
});
