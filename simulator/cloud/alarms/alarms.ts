import type { Datum } from '../metrics/metrics.ts';
import { statistic } from '../metrics/statistic.ts';
import type { AlarmDefinition, MetricAlarm, WatchedMetric } from './alarm-definition.ts';
import { type KeptMuteRule, MuteRules } from './mute-rules.ts';

/** An alarm of a template, or one that was created by hand. */
export interface Alarm {
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly kind: 'metric' | 'composite';
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** The condition; absent for alarms that were created by hand, which keep the state that was set. */
  readonly definition?: AlarmDefinition;
}

export const STATE_VALUES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;

export interface AlarmState {
  readonly value: (typeof STATE_VALUES)[number];
  readonly reason: string;
  /** The beginning of the state in milliseconds since 1970; absent when it never changed. */
  readonly since?: number;
}

/** The part that outlives the process: templates create their own alarms again. */
export interface KeptAlarms {
  readonly made: readonly Alarm[];
  readonly states: readonly (readonly [arn: string, state: AlarmState])[];
  /** Absent in a state from before mute rules existed. */
  readonly muteRules?: readonly KeptMuteRule[];
}

const UNTOUCHED: AlarmState = {
  value: 'INSUFFICIENT_DATA',
  reason: 'It was made by hand, and nobody has put it into a state.',
};

/** An alarm keeps the state that SetAlarmState gave it. Alarms of templates are otherwise evaluated on request, and their actions are not run. */
export class Alarms {
  readonly #all = new Map<string, Alarm>();
  readonly #made = new Map<string, Alarm>();
  readonly #states = new Map<string, AlarmState>();
  readonly muteRules = new MuteRules();
  onChange: (kept: KeptAlarms) => void = () => {};
  readonly #read: ReadMetric;

  constructor(read: ReadMetric = () => []) {
    this.#read = read;
    this.muteRules.onChange = () => this.#changed();
  }

  add(alarm: Alarm): void {
    this.#all.set(alarm.arn, alarm);
  }

  /** Creates an alarm by hand, and replaces one with the same name. */
  make(alarm: Alarm): void {
    this.add(alarm);
    this.#made.set(alarm.arn, alarm);
    this.#changed();
  }

  restore({ made, states, muteRules = [] }: KeptAlarms): void {
    this.muteRules.restore(muteRules);
    for (const alarm of made) {
      this.add(alarm);
      this.#made.set(alarm.arn, alarm);
    }
    for (const [arn, state] of states) this.#states.set(arn, state);
  }

  /** Undefined when no alarm has the ARN. */
  tagsOf(arn: string): Readonly<Record<string, string>> | undefined {
    const alarm = this.#all.get(arn);
    return alarm && (alarm.tags ?? {});
  }

  /** The tags of a template's alarm last until it is created again. */
  retag(arn: string, tags: Readonly<Record<string, string>>): void {
    const alarm = this.#all.get(arn);
    if (alarm === undefined) return;
    if (this.#made.has(arn)) this.make({ ...alarm, tags });
    else this.add({ ...alarm, tags });
  }

  of(account: string, region: string): readonly Alarm[] {
    return [...this.#all.values()].filter((alarm) => alarm.account === account && alarm.region === region);
  }

  stateOf(alarm: Alarm, now: Date): AlarmState {
    return this.#states.get(alarm.arn) ?? this.#evaluated(alarm, now) ?? UNTOUCHED;
  }

  #evaluated({ definition }: Alarm, now: Date): AlarmState | undefined {
    if (definition === undefined) return undefined;
    if (!('anyOf' in definition)) {
      const value = evaluateAlarm(definition, this.#read, now.getTime());
      return { value, reason: `${definition.periods} periods were looked at, to ${now.toISOString()}.` };
    }
    const ringing = definition.anyOf.filter((arn) => {
      const one = this.#all.get(arn);
      return one !== undefined && this.stateOf(one, now).value === 'ALARM';
    });
    return { value: ringing.length > 0 ? 'ALARM' : 'OK', reason: `In ALARM: ${ringing.join(', ') || 'none'}.` };
  }

  /** `since` changes when the value does. */
  put({ arn }: Alarm, value: AlarmState['value'], reason: string, now: Date): void {
    const before = this.#states.get(arn);
    const since = before?.value === value && before.since !== undefined ? before.since : now.getTime();
    this.#states.set(arn, { value, reason, since });
    this.#changed();
  }

  #changed(): void {
    this.onChange({ made: [...this.#made.values()], states: [...this.#states], muteRules: this.muteRules.all() });
  }
}

/** Values of one metric from `since` to `until`, exclusive. */
type ReadMetric = (metric: WatchedMetric, since: number, until: number) => readonly Pick<Datum, 'at' | 'value'>[];

const MINUTE = 60_000;

/**
 * Whether a metric alarm is in ALARM: every minute CloudWatch evaluates the last `periods` periods that end with that minute. Missing data counts as
 * the alarm says. AWS also looks further back for data while some are missing, which only delays an alarm. Source:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
function evaluateAlarm(alarm: MetricAlarm, read: ReadMetric, now: number): AlarmState['value'] {
  const end = Math.floor(now / MINUTE) * MINUTE;
  const { periods, datapoints, periodMilliseconds: length, missing, breaches } = alarm;
  const values = Array.from({ length: periods }, (_, index) => valueIn(alarm, read, end - (index + 1) * length));
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0 && (missing === 'missing' || missing === 'ignore')) return 'INSUFFICIENT_DATA';
  const silent = missing === 'breaching' ? values.length - known.length : 0;
  return known.filter(breaches).length + silent >= datapoints ? 'ALARM' : 'OK';
}

/** Undefined when the period has no data. */
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
