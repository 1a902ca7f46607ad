import { AwsFault } from '../../wire/aws-call.ts';
import type { OperationContext, Operations } from '../operation.ts';
import { type Alarm, type AlarmState, type Alarms, STATE_VALUES } from './alarms.ts';
import { type KeptMuteRule, type MuteRuleInput, muteStatus } from './mute-rules.ts';

type AlarmType = 'MetricAlarm' | 'CompositeAlarm';

interface Asked {
  readonly AlarmNames?: readonly string[];
  readonly AlarmNamePrefix?: string;
  readonly AlarmTypes?: readonly AlarmType[];
  readonly StateValue?: AlarmState['value'];
}

interface PutAlarm {
  readonly AlarmName: string;
  readonly AlarmDescription?: string;
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
}

interface Tagged {
  readonly ResourceARN: string;
  readonly Tags?: PutAlarm['Tags'];
  readonly TagKeys?: readonly string[];
}

interface NamedRule {
  readonly AlarmMuteRuleName: string;
}

const muteRuleArn = ({ account, region, name }: KeptMuteRule): string =>
  `arn:aws:cloudwatch:${region}:${account}:alarm-mute-rule:${name}`;

const dateOf = (at: number | undefined): Date | undefined => (at === undefined ? undefined : new Date(at));

const summarized = (rule: KeptMuteRule, now: Date) => ({
  AlarmMuteRuleArn: muteRuleArn(rule),
  ExpireDate: dateOf(rule.expireDate),
  Status: muteStatus(rule, now),
  MuteType: rule.expression.startsWith('at(') ? 'ONE_TIME' : 'RECURRING',
  LastUpdatedTimestamp: new Date(rule.updatedAt),
});

const describedRule = (rule: KeptMuteRule, now: Date) => ({
  ...summarized(rule, now),
  Name: rule.name,
  Description: rule.description,
  Rule: { Schedule: { Expression: rule.expression, Duration: rule.duration, Timezone: 'UTC' } },
  MuteTargets: { AlarmNames: rule.alarms },
  StartDate: dateOf(rule.startDate),
});

/** CloudWatch's alarms: listing, creating and setting a state by hand. */
export function alarmOperations(alarms: Alarms): Operations {
  return {
    // Without types AWS lists metric alarms only.
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
      { AlarmName: name, AlarmDescription: description, Tags = [] }: PutAlarm,
      { account, region }: OperationContext,
    ) => {
      const arn = `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;
      const told = description === undefined ? {} : { description };
      const tags = Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
      // This call does not change the tags of an existing alarm.
      alarms.make({ arn, name, account, region, kind: 'metric', ...told, tags: alarms.tagsOf(arn) ?? tags });
      return {};
    },
    TagResource: ({ ResourceARN: arn, Tags = [] }: Tagged) => {
      alarms.retag(arn, { ...tagsOf(arn), ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) });
      return {};
    },
    UntagResource: ({ ResourceARN: arn, TagKeys = [] }: Tagged) => {
      alarms.retag(arn, Object.fromEntries(Object.entries(tagsOf(arn)).filter(([key]) => !TagKeys.includes(key))));
      return {};
    },
    ListTagsForResource: ({ ResourceARN: arn }: Tagged) => ({
      Tags: Object.entries(tagsOf(arn)).map(([Key, Value]) => ({ Key, Value })),
    }),
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
    PutAlarmMuteRule: (input: MuteRuleInput, { account, region, now }: OperationContext) => {
      const there = alarms.of(account, region).map(({ name }) => name);
      alarms.muteRules.put({ account, region }, input, there, now);
      return {};
    },
    GetAlarmMuteRule: ({ AlarmMuteRuleName: name }: NamedRule, { now, ...place }: OperationContext) => {
      const rule = alarms.muteRules.get(place, name);
      if (rule === undefined) throw new AwsFault('ResourceNotFoundException', `There is no mute rule ${name}.`);
      return describedRule(rule, now);
    },
    // Idempotent: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarmMuteRule.html
    DeleteAlarmMuteRule: ({ AlarmMuteRuleName: name }: NamedRule, place: OperationContext) => {
      alarms.muteRules.delete(place, name);
      return {};
    },
    ListAlarmMuteRules: (
      { AlarmName, Statuses }: { AlarmName?: string; Statuses?: readonly string[] },
      { now, ...place }: OperationContext,
    ) => ({
      AlarmMuteRuleSummaries: alarms.muteRules
        .of(place)
        .filter((rule) => AlarmName === undefined || rule.alarms.includes(AlarmName))
        .filter((rule) => Statuses?.includes(muteStatus(rule, now)) ?? true)
        .map((rule) => summarized(rule, now)),
    }),
  };

  function tagsOf(arn: string): Readonly<Record<string, string>> {
    const tags = alarms.tagsOf(arn);
    if (tags === undefined) throw new AwsFault('ResourceNotFoundException', `There is no alarm ${arn}.`);
    return tags;
  }

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
