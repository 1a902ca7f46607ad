import { Aws, CfnOutput, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { AnchorBucket } from '../constructs/anchor-bucket.ts';
import { ClusterQueue } from '../constructs/cluster-queue.ts';
import { Notifications } from '../constructs/notifications.ts';
import { AuditTable, ItemsTable } from '../constructs/tables.ts';
import { ANCHOR_BUCKET_ARN } from '../names.ts';
import type { BucketReference } from '../permissions/function-statements.ts';
import type { AuditReference, TableReference } from '../permissions/table-statements.ts';
import type { LiftlockStackProps } from './stack-props.ts';

/** What must survive everything else: tables, anchors of the audit, and the queues and topic that others hold the addresses of. */
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
    // Exported although the hub may use another: an export that is in use cannot go in the same deployment.
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
