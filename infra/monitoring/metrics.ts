import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { METRIC_NAMESPACE, METRIC_SERVICE, type MetricName } from '../../core/contracts/metrics.ts';
import type { FunctionName, MachineName } from '../../core/contracts/names.ts';
import { functionName, machineArnPrefix } from '../names.ts';

interface Window {
  readonly period: Duration;
  readonly statistic?: string;
}

const FIVE_MINUTES: Window = { period: Duration.minutes(5) };

/** A metric that a function counts itself, in EMF, as it publishes it (functions/runtime/create-handler.ts). */
export const ownMetric = (of: FunctionName, name: MetricName, window?: Window): Metric =>
  metric(METRIC_NAMESPACE, name, { service: METRIC_SERVICE, function: of }, window);

/** The same for all functions together. */
export const commonMetric = (name: MetricName): Metric => metric(METRIC_NAMESPACE, name, { service: METRIC_SERVICE });

export const lambdaMetric = (of: FunctionName, name: string, window?: Window): Metric =>
  metric('AWS/Lambda', name, { FunctionName: functionName(of) }, window);

export const machineMetric = (of: MachineName, name: string, window?: Window): Metric =>
  metric('AWS/States', name, { StateMachineArn: `${machineArnPrefix()}${of}` }, window);

/** A metric of a table; `dimensions` may narrow it to one operation. */
export const tableMetric = (of: string, name: string, dimensions: Readonly<Record<string, string>> = {}): Metric =>
  metric('AWS/DynamoDB', name, { TableName: of, ...dimensions });

function metric(
  namespace: string,
  metricName: string,
  dimensionsMap: Readonly<Record<string, string>>,
  { period, statistic = Stats.SUM }: Window = FIVE_MINUTES,
): Metric {
  return new Metric({ namespace, metricName, dimensionsMap, period, statistic });
}

/** The sum of several metrics. An alarm takes ten metrics at most. `label` must be unique within a graph. */
export function sumOf(label: string, metrics: readonly IMetric[]): IMetric {
  const usingMetrics = Object.fromEntries(metrics.map((one, index) => [`${label}${index}`, one]));
  // Without FILL, one metric without data would leave the whole sum without data.
  const expression = Object.keys(usingMetrics)
    .map((id) => `FILL(${id}, 0)`)
    .join(' + ');
  return new MathExpression({ expression, usingMetrics, ...FIVE_MINUTES, label });
}
