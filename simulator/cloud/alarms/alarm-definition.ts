import { STATISTICS, type Statistic } from '../metrics/statistic.ts';

/** One metric of an alarm. */
export interface WatchedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: Statistic;
}

/** The condition of a metric alarm, from its template. */
export interface MetricAlarm {
  /** The alarm evaluates their sum, each 0 in a period without data. A single metric without `fill` is missing there. */
  readonly metrics: readonly WatchedMetric[];
  readonly fill: boolean;
  readonly periodMilliseconds: number;
  readonly periods: number;
  /** The number of `periods` that must be breaching. */
  readonly datapoints: number;
  readonly breaches: (value: number) => boolean;
  readonly missing: 'breaching' | 'notBreaching' | 'ignore' | 'missing';
}

/** It is in ALARM while one of these is. */
export interface CompositeAlarm {
  readonly anyOf: readonly string[];
}
export type AlarmDefinition = MetricAlarm | CompositeAlarm;

interface Properties {
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  readonly Statistic?: string;
  readonly Period?: number;
  readonly Metrics?: readonly {
    readonly Id: string;
    readonly Expression?: string;
    readonly MetricStat?: { readonly Metric: Properties; readonly Period: number; readonly Stat: string };
  }[];
  readonly EvaluationPeriods?: number;
  readonly DatapointsToAlarm?: number;
  readonly Threshold?: number;
  readonly ComparisonOperator?: string;
  readonly TreatMissingData?: MetricAlarm['missing'];
  readonly AlarmRule?: string;
}

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
};

/** Throws for a definition that the local cloud cannot evaluate, so that no alarm counts as silent. */
export function alarmDefinition(properties: Properties): AlarmDefinition {
  const { AlarmRule, EvaluationPeriods: periods = 1, Threshold = Number.NaN, ComparisonOperator = '' } = properties;
  if (AlarmRule !== undefined) return { anyOf: namesOf(AlarmRule) };
  const compare = COMPARISONS[ComparisonOperator] ?? refused(`the comparison ${ComparisonOperator}`);
  return {
    ...watched(properties),
    periods,
    datapoints: properties.DatapointsToAlarm ?? periods,
    breaches: (value) => compare(value, Threshold),
    missing: properties.TreatMissingData ?? 'missing',
  };
}

function watched(properties: Properties): Pick<MetricAlarm, 'metrics' | 'fill' | 'periodMilliseconds'> {
  const { Metrics, Period = 0, Statistic = '' } = properties;
  if (Metrics === undefined)
    return { metrics: [metricOf(properties, Statistic)], fill: false, periodMilliseconds: Period * 1_000 };
  const expressions = Metrics.flatMap(({ Expression }) => Expression ?? []);
  const stats = new Map(Metrics.flatMap(({ Id, MetricStat }) => (MetricStat === undefined ? [] : [[Id, MetricStat]])));
  const [expression = ''] = expressions;
  const summands = expression.split(' + ').map((part) => stats.get(/^FILL\((\w+), 0\)$/.exec(part)?.[1] ?? ''));
  const periods = new Set([...stats.values()].map((stat) => stat.Period));
  if (expressions.length !== 1 || periods.size !== 1) refused(`the expressions ${expressions.join(', ')}`);
  return {
    metrics: summands.map((stat) => (stat === undefined ? refused(expression) : metricOf(stat.Metric, stat.Stat))),
    fill: true,
    periodMilliseconds: Number([...periods][0]) * 1_000,
  };
}

function metricOf({ Namespace = '', MetricName = '', Dimensions = [] }: Properties, stat: string): WatchedMetric {
  const statistic = STATISTICS.find((known) => known === stat) ?? refused(`the statistic ${stat}`);
  const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
  return { namespace: Namespace, name: MetricName, dimensions, statistic };
}

/** ARNs or names of `ALARM("a") OR ALARM("b")`. */
function namesOf(rule: string): string[] {
  const parts = rule.replace(/^\((.*)\)$/, '$1').split(' OR ');
  return parts.map((part) => /^ALARM\("(.+)"\)$/.exec(part)?.[1] ?? refused(rule));
}

function refused(what: string): never {
  throw new Error(`The local cloud does not evaluate ${what} of an alarm.`);
}
