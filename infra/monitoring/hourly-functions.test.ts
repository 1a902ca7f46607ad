import { synthesize } from '../../test/material/infra/synthesize.ts';
import { readable, resourcesOf } from '../../test/material/infra/template.ts';

interface Watched {
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  readonly Period?: number;
}

interface Alarm extends Watched {
  readonly AlarmName: string;
  readonly EvaluationPeriods: number;
  readonly Metrics?: readonly {
    readonly MetricStat?: {
      readonly Metric: Watched;
      readonly Period: number;
    };
  }[];
}

const HOUR = 3_600;
const { hub } = synthesize();
const propertiesOf = <T>(type: string): T[] =>
  resourcesOf(hub, type).map(({ Properties }) => readable(Properties) as T);
const hourly = propertiesOf<{ Name: string; ScheduleExpression: string }>('AWS::Scheduler::Schedule')
  .filter(({ ScheduleExpression }) => ScheduleExpression === 'rate(1 hour)')
  .map(({ Name }) => Name);
const alarms = propertiesOf<Alarm>('AWS::CloudWatch::Alarm');

/** Every metric of an alarm, those of an expression too. */
const watchedBy = ({ Metrics, ...own }: Alarm): Watched[] =>
  Metrics === undefined
    ? [own]
    : Metrics.flatMap(({ MetricStat }) =>
        MetricStat === undefined ? [] : [{ ...MetricStat.Metric, Period: MetricStat.Period }],
      );

const isOf = (name: string, { Dimensions = [] }: Watched): boolean =>
  Dimensions.some(({ Value }) => Value === name || Value === `liftlock-${name}`);

test('discovery, the watch for versions and readiness come every hour', () => {
  expect(hourly).toEqual(['discover-clusters', 'watch-versions', 'refresh-readiness']);
});

describe.each(hourly)('%s', (name) => {
  test('is looked at in periods that it can fill one after the other', () => {
    const never = alarms
      .filter(({ EvaluationPeriods }) => EvaluationPeriods > 1)
      .filter((alarm) => watchedBy(alarm).some((watched) => isOf(name, watched) && (watched.Period ?? 0) < HOUR));
    expect(never.map(({ AlarmName }) => AlarmName)).toEqual([]);
  });

  test('rings when it has not come to its end for three hours, and when nothing is heard of it', () => {
    const heartbeats = alarms.filter((alarm) => alarm.MetricName === 'Runs' && isOf(name, alarm));
    expect(heartbeats).toEqual([
      expect.objectContaining({
        Namespace: 'Liftlock',
        Statistic: 'Sum',
        Period: HOUR,
        EvaluationPeriods: 3,
        DatapointsToAlarm: 3,
        Threshold: 1,
        ComparisonOperator: 'LessThanThreshold',
        TreatMissingData: 'breaching',
      }),
    ]);
  });
});
