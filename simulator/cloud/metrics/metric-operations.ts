import type { MetricData, MetricMinute } from '../../../core/ports/account.ts';
import type { Scope } from '../../../core/ports/eks.ts';
import { VENDED_NAMESPACES } from '../../eks/vended-metrics.ts';
import { AwsFault } from '../../wire/aws-call.ts';
import type { OperationContext, Operations } from '../operation.ts';
import type { Metrics } from './metrics.ts';
import { refuseStatistic, type Statistic, statistic } from './statistic.ts';

interface Dimension {
  readonly Name: string;
  readonly Value?: string;
}

/** The usage that services publish for one class of resources. */
type UsageOf = (place: Scope, of: string | undefined) => number | undefined;

/** The values that services publish for clusters and their load balancers, once a minute, by metric. */
type VendedData = (place: Scope, asked: MetricData, now: Date) => readonly (readonly MetricMinute[])[];

/** Alarms are in ../alarms. */
export function metricOperations(metrics: Metrics, usageOf: UsageOf, vendedData: VendedData = () => []): Operations {
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
          const found = VENDED_NAMESPACES.includes(Metric.Namespace)
            ? vended(asked, Stat, context)
            : valuesOf(inPeriods(metrics, asked), Stat);
          const periods = found.sort(([a], [b]) => (input.ScanBy === 'TimestampAscending' ? a - b : b - a));
          return {
            Id,
            Label: Metric.MetricName,
            StatusCode: 'Complete',
            Timestamps: periods.map(([at]) => new Date(at)),
            Values: periods.map(([, value]) => value),
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

  /** Sums and sample counts of a period add those of its minutes. */
  function vended(
    { Namespace: namespace, MetricName: metric, StartTime: from, EndTime: to, ...asked }: Asked,
    name: Statistic,
    { account, region, now }: OperationContext,
  ): [number, number][] {
    if (name !== 'Sum' && name !== 'SampleCount') return refuseStatistic(name);
    const dimensions = Object.fromEntries(asked.Dimensions.map(({ Name, Value }) => [Name, Value ?? '']));
    const metrics = [{ namespace, dimensions, metric, statistic: name }];
    const [minutes = []] = vendedData({ account, region }, { metrics, from, to }, now);
    const data = minutes.map(({ at, value }) => ({ at: at.getTime(), value }));
    return valuesOf(byPeriod(data, asked.Period), 'Sum');
  }
}

const valuesOf = (periods: ReadonlyMap<number, number[]>, name: Statistic): [number, number][] =>
  [...periods].map(([at, values]) => [at, statistic(values, name)]);

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
  for (const { Namespace, MetricName, Dimensions = [] } of queries.flatMap(
    ({ MetricStat }) => MetricStat?.Metric ?? [],
  )) {
    if (!/^[^:].{0,254}$/s.test(Namespace)) refuse(`Value '${Namespace}' at 'namespace' failed to satisfy constraint.`);
    if (!/^.{1,255}$/s.test(MetricName)) refuse(`Value '${MetricName}' at 'metricName' failed to satisfy constraint.`);
    if (Dimensions.length > 30) refuse('The collection Dimensions must not have a size greater than 30.');
    const bad = Dimensions.find(
      ({ Name, Value = '' }) => !isLong(Name, 255) || Name.startsWith(':') || !isLong(Value, 1_024),
    );
    if (bad !== undefined) refuse(`The value of the dimension ${bad.Name} failed to satisfy constraint.`);
  }
}

/** Of a dimension: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html */
const isLong = (text: string, most: number): boolean => /^(?=.*[!-~])[ -~]+$/.test(text) && text.length <= most;

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
