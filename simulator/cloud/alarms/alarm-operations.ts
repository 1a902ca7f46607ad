import { AwsFault } from '../../wire/aws-call.ts';
import type { OperationContext, Operations } from '../operation.ts';
import { type Alarm, type AlarmState, type Alarms, STATE_VALUES } from './alarms.ts';

type AlarmType = 'MetricAlarm' | 'CompositeAlarm';

interface Asked {
  readonly AlarmNames?: readonly string[];
  readonly AlarmNamePrefix?: string;
  readonly AlarmTypes?: readonly AlarmType[];
  readonly StateValue?: AlarmState['value'];
}

/** CloudWatch's alarms: listed, made by hand, and put into a state by hand. */
export function alarmOperations(alarms: Alarms): Operations {
  return {
    // Without types AWS lists metric alarms alone.
    DescribeAlarms: (
      { AlarmNames, AlarmNamePrefix = '', AlarmTypes = ['MetricAlarm'], StateValue }: Asked,
      { account, region, now }: OperationContext,
    ) => {
      const found = alarms
        .of(account, region)
        .filter(({ name }) => name.startsWith(AlarmNamePrefix) && (AlarmNames?.includes(name) ?? true))
        .filter((alarm) => StateValue === undefined || alarms.stateOf(alarm, now).value === StateValue);
      const listed = (type: AlarmType, kind: Alarm['kind']) =>
        AlarmTypes.includes(type)
          ? found.filter((alarm) => alarm.kind === kind).map((alarm) => described(alarm, now))
          : [];
      return {
        MetricAlarms: listed('MetricAlarm', 'metric'),
        CompositeAlarms: listed('CompositeAlarm', 'composite'),
      };
    },
    PutMetricAlarm: (
      { AlarmName: name, AlarmDescription: description }: { AlarmName: string; AlarmDescription?: string },
      { account, region }: OperationContext,
    ) => {
      const arn = `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;
      const told = description === undefined ? {} : { description };
      alarms.make({ arn, name, account, region, kind: 'metric', ...told });
      return {};
    },
    SetAlarmState: (
      input: { AlarmName: string; StateValue: AlarmState['value']; StateReason: string },
      { account, region, now }: OperationContext,
    ) => {
      const alarm = alarms.of(account, region).find(({ name }) => name === input.AlarmName);
      if (alarm === undefined) throw new AwsFault('ResourceNotFound', `There is no alarm ${input.AlarmName}.`);
      if (!STATE_VALUES.includes(input.StateValue)) {
        const text = `1 validation error detected: Value '${input.StateValue}' at 'stateValue' is none of ${STATE_VALUES.join(', ')}`;
        throw new AwsFault('ValidationError', text, { status: 400 });
      }
      alarms.put(alarm, input.StateValue, input.StateReason, now);
      return {};
    },
  };

  function described(alarm: Alarm, now: Date): object {
    const { value, reason, since } = alarms.stateOf(alarm, now);
    const at = since === undefined ? undefined : new Date(since);
    return {
      AlarmName: alarm.name,
      AlarmArn: alarm.arn,
      AlarmDescription: alarm.description,
      StateValue: value,
      StateReason: reason,
      ...(at === undefined ? {} : { StateUpdatedTimestamp: at, StateTransitionedTimestamp: at }),
    };
  }
}
