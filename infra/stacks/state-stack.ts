import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import {
  AnyPrincipal,
  Effect,
  PolicyDocument,
  PolicyStatement,
  type PolicyStatementProps,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Aws, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { RECORD_AGAIN_SECONDS, RECORD_ATTEMPTS } from '../../core/contracts/look-limits.ts';
import { TABLE_SCHEMA } from '../../core/contracts/table-schema.ts';
import { acknowledge } from '../acknowledge.ts';
import { allowRules, DeadLetterQueue } from '../constructs/dead-letter-queue.ts';
import { ALARM_PREFIX, ANCHOR_BUCKET_ARN, functionName } from '../names.ts';
import type { AuditReference, BucketReference, TableReference } from '../permissions/function-statements.ts';
import type { Settings } from '../settings/settings.ts';
import type { LiftlockStackProps } from './stack-props.ts';

/** The resources that must survive everything else: tables, anchors of the audit, and the queues and topic whose addresses others use. */
export class StateStack extends Stack {
  readonly items: TableReference;
  readonly audit: AuditReference;
  readonly anchors: BucketReference;
  readonly clusters: ClusterQueue;
  readonly notifications: Notifications;

  constructor(scope: Construct, id: string, { settings, ...props }: LiftlockStackProps) {
    super(scope, id, { description: 'Liftlock: tables, cluster queue and notifications', ...props });
    const made = new ItemsTable(this, 'Items').table;
    this.items = settings.itemsTable === undefined ? made : tableOf(settings.itemsTable);
    // They are exported although the hub may use another table, since a deployment cannot remove an export that is in use.
    this.exportValue(made.tableArn);
    this.exportValue(made.tableName);
    const { table } = new AuditTable(this, 'Audit');
    this.audit = { tableName: table.tableName, tableArn: table.tableArn, streamArn: table.tableStreamArn ?? '' };
    const { bucket } = new AnchorBucket(this, 'Anchors', settings);
    this.anchors = {
      bucketName: this.exportValue(bucket.bucketName, { name: 'LiftlockAnchorBucket' }),
      bucketArn: this.exportValue(bucket.bucketArn, { name: ANCHOR_BUCKET_ARN }),
    };
    new CfnOutput(this, 'AnchorBucket', {
      description: 'LIFTLOCK_ANCHORS of the command line is s3:// and this name',
      value: bucket.bucketName,
    });
    this.clusters = new ClusterQueue(this, 'Clusters');
    this.notifications = new Notifications(this, 'Notifications', { email: settings.alarmEmail });
  }
}

const tableOf = (tableName: string): TableReference => ({
  tableName,
  tableArn: `arn:${Aws.PARTITION}:dynamodb:${Aws.REGION}:${Aws.ACCOUNT_ID}:table/${tableName}`,
});

/** Holds one message per cluster between discover-clusters and record-clusters. Forwarded events of spoke Regions arrive here too. */
class ClusterQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters').queue;
    this.queue = new Queue(this, 'Queue', {
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(RECORD_AGAIN_SECONDS),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: RECORD_ATTEMPTS },
    });
    allowRules(this.queue, 'ForwardedEvents');
  }
}

/**
 * The topic that notifies people. Its policy allows alarms only; Liftlock's own events come by the role of their rule (constructs/event-rules.ts).
 */
class Notifications extends Construct {
  readonly topic: Topic;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { email }: { readonly email: string | undefined }) {
    super(scope, id);
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters').queue;
    this.topic = new Topic(this, 'Topic', { displayName: 'Liftlock', enforceSSL: true });
    const alarms = `arn:${Aws.PARTITION}:cloudwatch:${Aws.REGION}:${Aws.ACCOUNT_ID}:alarm:${ALARM_PREFIX}/*`;
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Alarms',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { ArnLike: { 'aws:SourceArn': alarms } },
      }),
    );
    if (email !== undefined) {
      this.topic.addSubscription(new EmailSubscription(email, { deadLetterQueue: this.deadLetters }));
    }
  }
}

/** The actions that would remove an object, or change its lock. */
const UNDOES = [
  's3:BypassGovernanceRetention',
  's3:DeleteObject',
  's3:DeleteObjectVersion',
  's3:PutObjectLegalHold',
  's3:PutObjectRetention',
];

/**
 * Anchors of the audit under S3 Object Lock. Only `anchor-audit` may put objects, and only under new keys; nobody may delete one. Whoever wants to
 * change that must first change this policy, which CloudTrail records, and even then a locked version stays. Removing the stack leaves the bucket and this policy.
 */
class AnchorBucket extends Construct {
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
    const others = { ArnNotEquals: { 'aws:PrincipalArn': role } };
    const again = { Null: { 's3:if-none-match': 'true' } };
    const deny = (what: PolicyStatementProps) => this.bucket.addToResourcePolicy(denied(what));
    deny({ sid: 'OnlyAnchorAudit', actions: ['s3:PutObject'], resources: [objects], conditions: others });
    deny({ sid: 'NothingIsPutTwice', actions: ['s3:PutObject'], resources: [objects], conditions: again });
    deny({ sid: 'NothingIsUndone', actions: UNDOES, resources: [objects] });
    const expiring = ['s3:DeleteBucket', 's3:PutLifecycleConfiguration'];
    deny({ sid: 'NothingExpires', actions: expiring, resources: [this.bucket.bucketArn] });
    // Anchors have no other lock than the bucket's default, which S3 lets anybody take off for those to come. CloudFormation sets it, as deployed.
    const deployed = `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/cdk-*-cfn-exec-role-*`;
    deny({
      sid: 'LocksAreDeployed',
      actions: ['s3:PutBucketObjectLockConfiguration'],
      resources: [this.bucket.bucketArn],
      conditions: { ArnNotLike: { 'aws:PrincipalArn': deployed } },
    });
    this.bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN);
    acknowledge(this.bucket, {
      'AwsSolutions-S1':
        'One function puts, and its log says what; data events of CloudTrail show everybody else, and a log bucket would need one of its own.',
    });
  }
}

const KEPT = {
  billingMode: BillingMode.PAY_PER_REQUEST,
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 35 },
  deletionProtection: true,
  removalPolicy: RemovalPolicy.RETAIN,
};

/** Inventory, config, rollouts, upgrades, grants and ledger in one table, as core/contracts/table-schema.ts describes it. */
class ItemsTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { hash, range, timeToLive, indexes } = TABLE_SCHEMA.items;
    this.table = new Table(this, 'Table', {
      ...KEPT,
      partitionKey: attribute(hash),
      sortKey: attribute(range),
      timeToLiveAttribute: timeToLive,
    });
    for (const index of indexes) {
      this.table.addGlobalSecondaryIndex({
        indexName: index.name,
        partitionKey: attribute(index.hash),
        sortKey: attribute(index.range),
        projectionType: ProjectionType.ALL,
      });
    }
  }
}

/** Converts a key of the schema into CDK's type. */
const attribute = ({ name, type }: { readonly name: string; readonly type: 'S' | 'N' }) => ({
  name,
  type: type === 'S' ? AttributeType.STRING : AttributeType.NUMBER,
});

/** The actions that change or remove an existing item, or could replace one without a condition. */
const CHANGES = [
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:PartiQLInsert',
  'dynamodb:PartiQLUpdate',
  'dynamodb:PartiQLDelete',
];

/** Denies actions to everybody. `*` is the table of the policy, whose ARN would be circular there; the policy of a bucket has to name it. */
const denied = (what: PolicyStatementProps): PolicyStatement =>
  new PolicyStatement({ effect: Effect.DENY, principals: [new AnyPrincipal()], resources: ['*'], ...what });

/**
 * The append-only audit. Its own policy denies changes to everybody, administrators included: whoever wants to change history must first change this
 * policy, which CloudTrail records. The adapter puts items on condition that they do not exist, and a chain of hashes links them.
 */
class AuditTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { hash, range } = TABLE_SCHEMA.audit;
    this.table = new Table(this, 'Table', {
      ...KEPT,
      partitionKey: attribute(hash),
      sortKey: attribute(range),
      // The stream shows a change that is made in spite of everything, and nobody can write to the stream (stacks/hub-stack.ts).
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      resourcePolicy: new PolicyDocument({
        statements: [
          denied({ sid: 'AppendOnly', actions: CHANGES }),
          // Liftlock writes an item of the audit in the transaction that changes its subject. A single put is refused to everybody.
          denied({
            sid: 'OnlyTransactions',
            actions: ['dynamodb:PutItem'],
            conditions: { StringNotEquals: { 'dynamodb:EnclosingOperation': 'TransactWriteItems' } },
          }),
        ],
      }),
    });
  }
}
