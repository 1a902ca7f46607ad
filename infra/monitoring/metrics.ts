import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { METRIC_NAMESPACE, METRIC_SERVICE, type MetricName } from '../../core/contracts/metrics.ts';
import type { FunctionName, MachineName } from '../../core/contracts/names.ts';
import { functionName, machineArnPrefix } from '../names.ts';

/** Namespace and dimensions that functions publish with (functions/runtime/create-handler.ts). */

export interface Window {
  readonly period: Duration;
  readonly statistic?: string;
}

const FIVE_MINUTES: Window = { period: Duration.minutes(5) };

/** What a function counts itself, in EMF. */
export function ownMetric(of: FunctionName, metricName: MetricName, window: Window = FIVE_MINUTES): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { service: METRIC_SERVICE, function: of },
    period: window.period,
    statistic: window.statistic ?? Stats.SUM,
  });
}

export function lambdaMetric(of: FunctionName, metricName: string, window: Window = FIVE_MINUTES): Metric {
  return new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap: { FunctionName: functionName(of) },
    period: window.period,
    statistic: window.statistic ?? Stats.SUM,
  });
}

export function machineMetric(of: MachineName, metricName: string, window: Window = FIVE_MINUTES): Metric {
  return new Metric({
    namespace: 'AWS/States',
    metricName,
    dimensionsMap: { StateMachineArn: `${machineArnPrefix()}${of}` },
    period: window.period,
    statistic: window.statistic ?? Stats.SUM,
  });
}

/** One number of several: alarms take ten metrics at most. `label` must differ within a graph. */
export function sumOf(label: string, metrics: readonly IMetric[], { period }: Window = FIVE_MINUTES): IMetric {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`${label}${index}`, metric]));
  // A metric without data would make the whole sum disappear.
  const expression = Object.keys(usingMetrics)
    .map((id) => `FILL(${id}, 0)`)
    .join(' + ');
  return new MathExpression({ expression, usingMetrics, period, label });
}
