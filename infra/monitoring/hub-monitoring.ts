import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { auditAlarms } from './audit-alarms.ts';
import { functionAlarms } from './function-alarms.ts';
import { HubDashboard } from './hub-dashboard.ts';
import { machineAlarms } from './machine-alarms.ts';
import { Monitoring } from './monitoring.ts';
import { type MonitoredQueues, queueAlarms } from './queue-alarms.ts';
import { reconcilerAlarms } from './reconciler-alarms.ts';

export interface HubMonitoringProps {
  readonly topic: ITopic;
  readonly auditTable: string;
  readonly queues: MonitoredQueues<IQueue>;
}

/** All alarms of the hub, one that stands for the serious ones, and the dashboard. */
export class HubMonitoring extends Construct {
  constructor(scope: Construct, id: string, { topic, auditTable, queues }: HubMonitoringProps) {
    super(scope, id);
    const monitoring = new Monitoring(this, 'Alarms', { topic });
    reconcilerAlarms(monitoring);
    functionAlarms(monitoring);
    machineAlarms(monitoring);
    auditAlarms(monitoring, auditTable);
    queueAlarms(monitoring, queues);
    monitoring.composite('controller/unhealthy', 'At least one alarm of severity high is on.');
    new HubDashboard(this, 'Dashboard', { queues });
  }
}
