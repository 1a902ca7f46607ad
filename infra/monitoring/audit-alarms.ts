import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { sumOf } from './metrics.ts';
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
}
