import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { functionName } from '../names.ts';
import type { Settings } from '../settings/settings.ts';

/** Everything that would undo an object, or the lock on it. */
const UNDOES = [
  's3:BypassGovernanceRetention',
  's3:DeleteObject',
  's3:DeleteObjectVersion',
  's3:PutObjectLegalHold',
  's3:PutObjectRetention',
];

/**
 * Anchors of the audit under S3 Object Lock. Only `anchor-audit` may put, and only what is not there; nobody may delete. Who wants to change
 * that must first change this policy, which CloudTrail shows, and even then a locked version stays. Removing the stack leaves the bucket.
 */
export class AnchorBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { anchorDays, anchorMode }: Settings) {
    super(scope, id);
    const days = Duration.days(anchorDays);
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned: true,
      objectLockDefaultRetention:
        anchorMode === 'compliance' ? ObjectLockRetention.compliance(days) : ObjectLockRetention.governance(days),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const objects = this.bucket.arnForObjects('*');
    const role = `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/${functionName('anchor-audit')}`;
    this.#deny('OnlyAnchorAudit', ['s3:PutObject'], objects, { ArnNotEquals: { 'aws:PrincipalArn': role } });
    this.#deny('NothingIsPutTwice', ['s3:PutObject'], objects, { Null: { 's3:if-none-match': 'true' } });
    this.#deny('NothingIsUndone', UNDOES, objects);
    this.#deny('NothingExpires', ['s3:DeleteBucket', 's3:PutLifecycleConfiguration'], this.bucket.bucketArn);
    acknowledge(this.bucket, {
      'AwsSolutions-S1':
        'One function puts, and its log says what; data events of CloudTrail show everybody else, and a log bucket would need one of its own.',
    });
  }

  #deny(sid: string, actions: string[], resource: string, conditions?: Record<string, Record<string, string>>): void {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid,
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions,
        resources: [resource],
        ...(conditions === undefined ? {} : { conditions }),
      }),
    );
  }
}
