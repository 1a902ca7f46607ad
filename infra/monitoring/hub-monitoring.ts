import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { MACHINE_NAMES } from '../../core/contracts/names.ts';
import { auditAlarms } from './audit-alarms.ts';
import { functionAlarms } from './function-alarms.ts';
import { HubDashboard } from './hub-dashboard.ts';
import { machineMetric, ownMetric, sumOf } from './metrics.ts';
import { Monitoring } from './monitoring.ts';
import { type MonitoredQueues, queueAlarms } from './queue-alarms.ts';

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

/** Nested executions always succeed and hand their outcome up, so each end is counted once. */
function machineAlarms(monitoring: Monitoring): void {
  const sum = (metricName: string) =>
    sumOf(
      'machines',
      MACHINE_NAMES.map((name) => machineMetric(name, metricName)),
    );
  monitoring.medium('machines/failed', 'An upgrade, or a step that was started by hand, failed or was blocked.', {
    metric: sum('ExecutionsFailed'),
    at: 1,
  });
  monitoring.high(
    'machines/timed-out',
    'An execution ran into its time limit, which is several times the longest real run.',
    {
      metric: sum('ExecutionsTimedOut'),
      at: 1,
    },
  );
  monitoring.medium('machines/aborted', 'Somebody stopped an execution from outside; its cluster is held.', {
    metric: sum('ExecutionsAborted'),
    at: 1,
  });
  monitoring.medium('machines/throttled', 'Step Functions makes executions wait for their next state.', {
    metric: sum('ExecutionThrottled'),
    at: 1,
    periods: 3,
  });
}

const RECONCILER = 'reconcile-rollouts';

/** The loop that everything hangs on. */
function reconcilerAlarms(monitoring: Monitoring): void {
  monitoring.high('reconciler/heartbeat-missing', 'The reconciler has finished no tick for five minutes.', {
    metric: ownMetric(RECONCILER, 'Ticks', { period: Duration.minutes(1) }),
    at: 1,
    below: true,
    periods: 5,
    missingIsBreaching: true,
  });
  monitoring.medium('reconciler/decision-problems', 'The same tick after tick cannot be carried out.', {
    metric: ownMetric(RECONCILER, 'DecisionProblems'),
    at: 1,
    periods: 3,
  });
  monitoring.high('upgrades/stuck', 'An upgrade runs and none of its steps has changed for hours.', {
    metric: ownMetric(RECONCILER, 'UpgradesStuck', { period: Duration.minutes(15), statistic: Stats.MAXIMUM }),
    at: 1,
    periods: 2,
  });
  const slowly = { period: Duration.hours(1), statistic: Stats.MAXIMUM };
  monitoring.low('rollouts/approval-overdue', 'A wave has waited for its approval for three days.', {
    metric: ownMetric(RECONCILER, 'ApprovalsOverdue', slowly),
    at: 1,
  });
  monitoring.medium(
    'rollouts/gates-not-green',
    'A wave soaks, and one of its gates has not been green for six hours.',
    {
      metric: ownMetric(RECONCILER, 'GatesNotGreen', slowly),
      at: 1,
    },
  );
  // Everything is looked at once an hour: two hours hold at least one look.
  monitoring.medium('rollouts/halted', 'A rollout is halted and waits for a person.', {
    metric: ownMetric(RECONCILER, 'RolloutsHalted', { ...slowly, period: Duration.hours(2) }),
    at: 1,
  });
}
