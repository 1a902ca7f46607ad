import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { ALARM_PREFIX } from '../names.ts';

interface Threshold {
  readonly metric: IMetric;
  /** In alarm at this value; absent = 1, which is when it happens at all. */
  readonly at?: number;
  /** In alarm under it instead, and when nothing is told. */
  readonly silence?: true;
  /** How many periods in a row. */
  readonly periods?: number;
}

type Severity = 'high' | 'medium' | 'low';

/**
 * The only place that makes alarms. `path` is `<part>/<short>`; every alarm tells the topic, its description begins with the severity and
 * ends with the heading of the runbook. High ones also make the controller unhealthy as a whole.
 */
export class Monitoring extends Construct {
  readonly #topic: ITopic;
  readonly #high: Alarm[] = [];

  constructor(scope: Construct, id: string, { topic }: { readonly topic: ITopic }) {
    super(scope, id);
    this.#topic = topic;
  }

  /** Upgrades are in danger or Liftlock is blind: get up at night. */
  high(path: string, description: string, threshold: Threshold): void {
    this.#high.push(this.#alarm('high', path, description, threshold));
  }

  /** Something does not work and does not cure itself: today. */
  medium(path: string, description: string, threshold: Threshold): void {
    this.#alarm('medium', path, description, threshold);
  }

  /** Worth knowing: this week. */
  low(path: string, description: string, threshold: Threshold): void {
    this.#alarm('low', path, description, threshold);
  }

  /** One alarm for all high ones together, for those who page on a single thing. */
  composite(path: string, description: string): void {
    const alarm = new CompositeAlarm(this, idOf(path), {
      compositeAlarmName: `${ALARM_PREFIX}/${path}`,
      alarmDescription: describe('high', path, description),
      alarmRule: AlarmRule.anyOf(...this.#high.map((one) => AlarmRule.fromAlarm(one, AlarmState.ALARM))),
    });
    alarm.addAlarmAction(new SnsAction(this.#topic));
    alarm.addOkAction(new SnsAction(this.#topic));
  }

  #alarm(severity: Severity, path: string, description: string, threshold: Threshold): Alarm {
    const { metric, at = 1, silence, periods = 1 } = threshold;
    const alarm = new Alarm(this, idOf(path), {
      alarmName: `${ALARM_PREFIX}/${path}`,
      alarmDescription: describe(severity, path, description),
      metric,
      threshold: at,
      comparisonOperator: silence
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods,
      datapointsToAlarm: periods,
      treatMissingData: silence ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.#topic));
    alarm.addOkAction(new SnsAction(this.#topic));
    return alarm;
  }
}

const idOf = (path: string): string => path.replaceAll('/', '-');

function describe(severity: Severity, path: string, description: string): string {
  const anchor = `${ALARM_PREFIX}/${path}`.replaceAll('/', '');
  return `[${severity}] ${description} See docs/runbook.md#${anchor}`;
}
