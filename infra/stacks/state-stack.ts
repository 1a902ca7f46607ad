import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { AuditTable } from '../constructs/audit-table.ts';
import { ClusterQueue } from '../constructs/cluster-queue.ts';
import { ItemsTable } from '../constructs/items-table.ts';
import { Notifications } from '../constructs/notifications.ts';
import type { Settings } from '../settings/settings.ts';

export interface StateStackProps extends StackProps {
  readonly settings: Settings;
}

/** What must survive everything else: tables, and the queues and topic that others hold the addresses of. */
export class StateStack extends Stack {
  readonly items: Table;
  readonly audit: Table;
  readonly clusters: ClusterQueue;
  readonly notifications: Notifications;
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { settings, ...props }: StateStackProps) {
    super(scope, id, { description: 'Liftlock: tables, cluster queue and notifications', ...props });
    this.items = new ItemsTable(this, 'Items').table;
    this.audit = new AuditTable(this, 'Audit').table;
    this.clusters = new ClusterQueue(this, 'Clusters');
    this.notifications = new Notifications(this, 'Notifications', { email: settings.alarmEmail });
    this.topic = this.notifications.topic;
  }
}
