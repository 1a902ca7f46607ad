import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import type { Monitoring } from './monitoring.ts';

const DEAD_LETTERS = {
  'clusters-not-recorded': 'A cluster could not be recorded in five attempts.',
  'events-not-delivered': 'A rule, a schedule or a call by one of them did not reach its target.',
  'notifications-not-delivered': 'SNS could not deliver a notification to a subscriber.',
} as const;

export type MonitoredQueues<Queue> = Readonly<Record<keyof typeof DEAD_LETTERS | 'clusters', Queue>>;

/** Anything in a dead-letter queue, and clusters that wait for longer than the next discovery takes to come round. */
export function queueAlarms(monitoring: Monitoring, queues: MonitoredQueues<IQueue>): void {
  const most = { period: Duration.minutes(5), statistic: Stats.MAXIMUM };
  for (const [name, description] of Object.entries(DEAD_LETTERS)) {
    const queue = queues[name as keyof typeof DEAD_LETTERS];
    monitoring.medium(`queues/${name}`, description, { metric: queue.metricApproximateNumberOfMessagesVisible(most) });
  }
  monitoring.medium('queues/clusters-delayed', 'A cluster has waited for an hour to be looked at.', {
    metric: queues.clusters.metricApproximateAgeOfOldestMessage(most),
    at: Duration.hours(1).toSeconds(),
    periods: 3,
  });
}
