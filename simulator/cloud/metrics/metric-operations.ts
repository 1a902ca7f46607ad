import type { Scope } from '../../../core/ports/eks.ts';
import type { OperationContext, Operations } from '../operation.ts';
import type { Metrics } from './metrics.ts';
import { type Statistic, statistic } from './statistic.ts';

interface Dimension {
  readonly Name: string;
  readonly Value?: string;
}

/** What services tell of their own use: of one class of resources. */
type UsageOf = (place: Scope, of: string | undefined) => number | undefined;

/** Alarms are beside these, in ../alarms. */
export function metricOperations(metrics: Metrics, usageOf: UsageOf): Operations {
  return {
    ListMetrics: (input: { Namespace?: string; MetricName?: string; Dimensions?: Dimension[] }) => ({
      Metrics: metrics
        .all()
        .filter(
          ({ namespace, name }) => (input.Namespace ?? namespace) === namespace && (input.MetricName ?? name) === name,
        )
        .filter(({ dimensions }) =>
          (input.Dimensions ?? []).every(({ Name, Value }) =>
            Value === undefined ? Object.hasOwn(dimensions, Name) : dimensions[Name] === Value,
          ),
        )
        .map(({ namespace, name, dimensions }) => ({
          Namespace: namespace,
          MetricName: name,
          Dimensions: listed(dimensions),
        })),
    }),
    GetMetricStatistics: (
      input: {
        Namespace: string;
        MetricName: string;
        Dimensions?: Dimension[];
        StartTime: Date;
        EndTime: Date;
        Period: number;
        Statistics?: Statistic[];
      },
      { account, region, now }: OperationContext,
    ) => {
      if (input.Namespace === 'AWS/Usage') {
        const used = usageOf({ account, region }, input.Dimensions?.find(({ Name }) => Name === 'Class')?.Value);
        return { Label: input.MetricName, Datapoints: used === undefined ? [] : [{ Timestamp: now, Maximum: used }] };
      }
      const periods = inPeriods(metrics, { ...input, Dimensions: input.Dimensions ?? [] });
      return {
        Label: input.MetricName,
        Datapoints: [...periods].map(([at, values]) => ({
          Timestamp: new Date(at),
          ...Object.fromEntries((input.Statistics ?? ['Sum']).map((name) => [name, statistic(values, name)])),
          Unit: 'Count',
        })),
      };
    },
    GetMetricData: (input: {
      StartTime: Date;
      EndTime: Date;
      ScanBy?: 'TimestampAscending' | 'TimestampDescending';
      MetricDataQueries: {
        Id: string;
        MetricStat?: {
          Metric: { Namespace: string; MetricName: string; Dimensions?: Dimension[] };
          Period: number;
          Stat: Statistic;
        };
      }[];
    }) => ({
      MetricDataResults: input.MetricDataQueries.map(({ Id, MetricStat }) => {
        if (MetricStat === undefined) return { Id, StatusCode: 'InternalError', Timestamps: [], Values: [] };
        const { Metric, Period, Stat } = MetricStat;
        const { StartTime, EndTime } = input;
        const periods = [
          ...inPeriods(metrics, { ...Metric, Dimensions: Metric.Dimensions ?? [], Period, StartTime, EndTime }),
        ].sort(([a], [b]) => (input.ScanBy === 'TimestampAscending' ? a - b : b - a));
        return {
          Id,
          Label: Metric.MetricName,
          StatusCode: 'Complete',
          Timestamps: periods.map(([at]) => new Date(at)),
          Values: periods.map(([, values]) => statistic(values, Stat)),
        };
      }),
    }),
    PutMetricData: (
      input: {
        Namespace: string;
        MetricData?: { MetricName: string; Dimensions?: Dimension[]; Timestamp?: Date; Value?: number }[];
      },
      { now }: OperationContext,
    ) => {
      for (const { MetricName: name, Dimensions = [], Timestamp = now, Value: value = 0 } of input.MetricData ?? []) {
        const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value ?? '']));
        metrics.put({ namespace: input.Namespace, name, dimensions, at: Timestamp.getTime(), value });
      }
      return {};
    },
  };
}

const listed = (dimensions: Readonly<Record<string, string>>): Dimension[] =>
  Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));

function inPeriods(
  metrics: Metrics,
  asked: {
    Namespace: string;
    MetricName: string;
    Dimensions: Dimension[];
    StartTime: Date;
    EndTime: Date;
    Period: number;
  },
): ReadonlyMap<number, number[]> {
  const dimensions = Object.fromEntries(asked.Dimensions.map(({ Name, Value }) => [Name, Value ?? '']));
  const data = metrics.data({ namespace: asked.Namespace, name: asked.MetricName, dimensions });
  const length = asked.Period * 1_000;
  const periods = new Map<number, number[]>();
  for (const { at, value } of data) {
    if (at < asked.StartTime.getTime() || at >= asked.EndTime.getTime()) continue;
    const start = Math.floor(at / length) * length;
    periods.set(start, [...(periods.get(start) ?? []), value]);
  }
  return periods;
}
