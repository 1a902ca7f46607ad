import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { lambdaMetric, ownMetric, sumOf } from './metrics.ts';
import type { Monitoring } from './monitoring.ts';

/**
 * State and its audit are one transaction, so what cannot be audited does not happen: Liftlock stands still, and nothing else says why. A
 * condition that fails is no fault (two wanted the same sequence number); a throttle or an error of DynamoDB is.
 */
export function auditAlarms(monitoring: Monitoring, table: string): void {
  const metric = (metricName: string, dimensions: Record<string, string> = {}) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: table, ...dimensions },
      period: Duration.minutes(5),
      statistic: Stats.SUM,
    });
  monitoring.high('audit/write-failures', 'The audit cannot be written, so nothing that needs it happens.', {
    metric: sumOf('failures', [
      metric('WriteThrottleEvents'),
      metric('SystemErrors', { Operation: 'TransactWriteItems' }),
      metric('SystemErrors', { Operation: 'PutItem' }),
    ]),
    at: 1,
    periods: 2,
  });
  monitoring.high('audit/tampered', 'The audit was changed, or is not what was anchored.', {
    metric: ownMetric('anchor-audit', 'AuditTampered'),
    at: 1,
  });
  monitoring.high(
    'audit/not-anchored',
    'For an hour nothing of the audit was anchored, and after a day its stream forgets.',
    {
      metric: lambdaMetric('anchor-audit', 'IteratorAge', { period: Duration.minutes(5), statistic: Stats.MAXIMUM }),
      at: Duration.hours(1).toMilliseconds(),
      periods: 3,
    },
  );
  monitoring.medium('audit/anchored-late', 'The daily sweep anchored what the stream never brought.', {
    metric: ownMetric('anchor-audit', 'AuditAnchoredLate'),
    at: 1,
  });
  // A day is the longest period, and an alarm looks back over no more than a week.
  monitoring.medium('audit/sweep-missing', 'The audit was not held against its anchors for two days.', {
    metric: ownMetric('anchor-audit', 'Runs', { period: Duration.days(1) }),
    at: 1,
    below: true,
    periods: 2,
    missingIsBreaching: true,
  });
}
