import type { MetricMinutes, MinuteSum } from '../../../core/ports/account.ts';
import type { Scope } from '../../../core/ports/eks.ts';
import { API_SERVER_METRICS } from '../../../core/probes/api-server-rates.ts';
import { AwsFault } from '../../wire/aws-call.ts';
import type { OperationContext, Operations } from '../operation.ts';
import type { Metrics } from './metrics.ts';
import { type Statistic, statistic } from './statistic.ts';

interface Dimension {
  readonly Name: string;
  readonly Value?: string;
}

/** What services tell of their own use: of one class of resources. */
type UsageOf = (place: Scope, of: string | undefined) => number | undefined;

/** What EKS counts of its clusters, once a minute. */
type VendedSums = (place: Scope, asked: MetricMinutes, now: Date) => Readonly<Record<string, readonly MinuteSum[]>>;

/** Alarms are beside these, in ../alarms. */
export function metricOperations(metrics: Metrics, usageOf: UsageOf, vendedSums: VendedSums = () => ({})): Operations {
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
    GetMetricData: (input: DataAsked, context: OperationContext) => {
      refuseData(input);
      return {
        MetricDataResults: input.MetricDataQueries.map(({ Id, MetricStat }) => {
          if (MetricStat === undefined) return { Id, StatusCode: 'InternalError', Timestamps: [], Values: [] };
          const { Metric, Period, Stat } = MetricStat;
          const { StartTime, EndTime } = input;
          const asked = { ...Metric, Dimensions: Metric.Dimensions ?? [], Period, StartTime, EndTime };
          const found =
            Metric.Namespace === API_SERVER_METRICS.namespace ? vended(asked, context) : inPeriods(metrics, asked);
          const periods = [...found].sort(([a], [b]) => (input.ScanBy === 'TimestampAscending' ? a - b : b - a));
          return {
            Id,
            Label: Metric.MetricName,
            StatusCode: 'Complete',
            Timestamps: periods.map(([at]) => new Date(at)),
            Values: periods.map(([, values]) => statistic(values, Stat)),
          };
        }),
      };
    },
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

  function vended(
    { Namespace: namespace, MetricName: name, StartTime: from, EndTime: to, ...asked }: Asked,
    { account, region, now }: OperationContext,
  ): ReadonlyMap<number, number[]> {
    const dimensions = Object.fromEntries(asked.Dimensions.map(({ Name, Value }) => [Name, Value ?? '']));
    const sums = vendedSums({ account, region }, { namespace, dimensions, metrics: [name], from, to }, now)[name] ?? [];
    return byPeriod(
      sums.map(({ at, sum }) => ({ at: at.getTime(), value: sum })),
      asked.Period,
    );
  }
}

interface DataAsked {
  readonly StartTime: Date;
  readonly EndTime: Date;
  readonly ScanBy?: 'TimestampAscending' | 'TimestampDescending';
  readonly MetricDataQueries: readonly {
    readonly Id: string;
    readonly MetricStat?: {
      readonly Metric: { readonly Namespace: string; readonly MetricName: string; readonly Dimensions?: Dimension[] };
      readonly Period: number;
      readonly Stat: Statistic;
    };
  }[];
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html and API_MetricDataQuery.html there. */
function refuseData({ StartTime, EndTime, MetricDataQueries: queries }: DataAsked): void {
  const refuse = (text: string): never => {
    throw new AwsFault('ValidationError', text, { status: 400 });
  };
  if (StartTime.getTime() >= EndTime.getTime())
    refuse('The parameter StartTime must be less than the parameter EndTime.');
  if (queries.length > 500) refuse('The collection MetricDataQueries must not have a size greater than 500.');
  const ids = queries.map(({ Id }) => Id);
  const wrong = ids.find((id) => !/^[a-z][a-zA-Z0-9_]{0,254}$/.test(id));
  if (wrong !== undefined) refuse(`Invalid metrics list: the id ${wrong} must match ^[a-z][a-zA-Z0-9_]*$.`);
  if (new Set(ids).size < ids.length) refuse('The values for parameter id in MetricDataQueries are not unique.');
  const periods = queries.flatMap(({ MetricStat }) => MetricStat?.Period ?? []);
  if (periods.some((period) => ![1, 5, 10, 20, 30].includes(period) && (period < 60 || period % 60 > 0)))
    refuse('The parameter Period must be 1, 5, 10, 20, 30, or a multiple of 60.');
}

const listed = (dimensions: Readonly<Record<string, string>>): Dimension[] =>
  Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));

interface Asked {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: Dimension[];
  readonly StartTime: Date;
  readonly EndTime: Date;
  readonly Period: number;
}

function inPeriods(metrics: Metrics, asked: Asked): ReadonlyMap<number, number[]> {
  const dimensions = Object.fromEntries(asked.Dimensions.map(({ Name, Value }) => [Name, Value ?? '']));
  const data = metrics.data({ namespace: asked.Namespace, name: asked.MetricName, dimensions });
  return byPeriod(
    data.filter(({ at }) => at >= asked.StartTime.getTime() && at < asked.EndTime.getTime()),
    asked.Period,
  );
}

function byPeriod(data: readonly { at: number; value: number }[], seconds: number): ReadonlyMap<number, number[]> {
  const length = seconds * 1_000;
  const periods = new Map<number, number[]>();
  for (const { at, value } of data) {
    const start = Math.floor(at / length) * length;
    periods.set(start, [...(periods.get(start) ?? []), value]);
  }
  return periods;
}
