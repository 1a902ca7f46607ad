import type { Datum } from '../metrics/metrics.ts';
import { statistic } from '../metrics/statistic.ts';
import type { MetricAlarm, WatchedMetric } from './alarm-definition.ts';
import type { AlarmState } from './alarms.ts';

/** Values of one metric from `since` to `until`, this one exclusive. */
export type ReadMetric = (
  metric: WatchedMetric,
  since: number,
  until: number,
) => readonly Pick<Datum, 'at' | 'value'>[];

const MINUTE = 60_000;

/**
 * Whether an alarm rings: every minute CloudWatch looks at the last `periods` periods that end with that minute. Missing data counts as the
 * alarm says; what AWS does beyond that (it looks further back for data while some are missing) only delays a ringing.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export function evaluateAlarm(alarm: MetricAlarm, read: ReadMetric, now: number): AlarmState['value'] {
  const end = Math.floor(now / MINUTE) * MINUTE;
  const { periods, datapoints, periodMilliseconds: length, missing, breaches } = alarm;
  const values = Array.from({ length: periods }, (_, index) => valueIn(alarm, read, end - (index + 1) * length));
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0 && (missing === 'missing' || missing === 'ignore')) return 'INSUFFICIENT_DATA';
  const silent = missing === 'breaching' ? values.length - known.length : 0;
  return known.filter(breaches).length + silent >= datapoints ? 'ALARM' : 'OK';
}

/** Undefined = there is no data in the period. */
function valueIn(
  { metrics, fill, periodMilliseconds }: MetricAlarm,
  read: ReadMetric,
  since: number,
): number | undefined {
  const values = metrics.map((metric) => {
    const data = read(metric, since, since + periodMilliseconds).map(({ value }) => value);
    return data.length === 0 ? undefined : statistic(data, metric.statistic);
  });
  if (!fill) return values[0];
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}
