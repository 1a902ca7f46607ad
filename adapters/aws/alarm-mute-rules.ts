import { SILENCE_TAG } from '../../core/contracts/mutating-calls.ts';
import type { Scope } from '../../core/ports/eks.ts';
import type { MuteRule, Silences } from '../../core/ports/silences.ts';
import type { LaunchTemplateOptions as MutatingCallOptions } from './launch-templates.ts';
import { MUTATION_MILLISECONDS } from './request-limits.ts';
import { createSignedCalls, FORM } from './signed-calls.ts';
import { childOf, childrenOf, known, parseAnswer, textOf, type XmlNode } from './xml-answer.ts';

const SERVICE = { name: 'monitoring', variable: 'CLOUDWATCH' };
const VERSION = '2010-08-01';
/**
 * CloudWatch must not use up an invocation when it hangs: an invocation has half a minute (infra/constructs/functions.ts), and two reads of two tries
 * each, with one change, take less than twenty seconds under these limits.
 */
const LIMITS = { timeoutMilliseconds: 3_000, tries: 2 };

/**
 * CloudWatch's alarms and mute rules, by its query protocol. Each change has a session of its own, narrowed to one rule and to alarms that are open
 * to Liftlock, and is tried once. Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutAlarmMuteRule.html
 */
export function createSilences({ sessions, partition, ...options }: MutatingCallOptions): Silences {
  const read = createSignedCalls(SERVICE, { ...options, ...LIMITS, sessions });
  async function ask(scope: Scope, action: string, form: Readonly<Record<string, string>>): Promise<XmlNode> {
    const answer = await read(scope, FORM, body(action, form));
    return childOf(parseAnswer(answer, action), `${action}Result`);
  }
  async function change(scope: Scope, action: string, form: Readonly<Record<string, string>>, policy: object) {
    const signal = AbortSignal.timeout(MUTATION_MILLISECONDS);
    const narrowed = { forAccount: (account: string) => sessions.narrowedTo(account, policy, signal) };
    await createSignedCalls(SERVICE, { ...options, ...LIMITS, sessions: narrowed, tries: 1 })(
      scope,
      FORM,
      body(action, form),
    );
  }
  return {
    async describeAlarms(scope, names) {
      // Without types CloudWatch returns only metric alarms.
      const types = { 'AlarmTypes.member.1': 'MetricAlarm', 'AlarmTypes.member.2': 'CompositeAlarm' };
      const form = { ...members('AlarmNames', names), ...types, MaxRecords: '100' };
      const result = await ask(scope, 'DescribeAlarms', form);
      return ['MetricAlarms', 'CompositeAlarms'].flatMap((kind) =>
        childrenOf(result, kind, 'member').map((alarm) => {
          const since = textOf(alarm, 'StateTransitionedTimestamp');
          const name = known(alarm, 'AlarmName');
          const state = known(alarm, 'StateValue');
          return { name, state, reason: textOf(alarm, 'StateReason') ?? '', ...(since === undefined ? {} : { since }) };
        }),
      );
    },
    async getMuteRule(scope, name) {
      try {
        const result = await ask(scope, 'GetAlarmMuteRule', { AlarmMuteRuleName: name });
        return { description: textOf(result, 'Description') ?? '' };
      } catch (error) {
        if (/^ResourceNotFound/.test((error as Error).name)) return undefined;
        throw error;
      }
    },
    putMuteRule: (scope, rule) =>
      change(scope, 'PutAlarmMuteRule', formOf(rule), mutePolicy(partition, scope, rule.name, 'PutAlarmMuteRule')),
    deleteMuteRule: (scope, name) =>
      change(
        scope,
        'DeleteAlarmMuteRule',
        { AlarmMuteRuleName: name },
        mutePolicy(partition, scope, name, 'DeleteAlarmMuteRule'),
      ),
  };
}

const body = (action: string, form: Readonly<Record<string, string>>): string =>
  new URLSearchParams({ Action: action, Version: VERSION, ...form }).toString();

const members = (list: string, values: readonly string[]): Record<string, string> =>
  Object.fromEntries(values.map((value, index) => [`${list}.member.${index + 1}`, value]));

const MINUTE = 60_000;

/** `at` is in UTC where no time zone is named; the rule expires when its one window has ended. */
function formOf({ name, description, alarms, startsAt, endsAt }: MuteRule): Record<string, string> {
  const minutes = Math.round((Date.parse(endsAt) - Date.parse(startsAt)) / MINUTE);
  return {
    ...{ Name: name, Description: description },
    ...{
      'Rule.Schedule.Expression': `at(${startsAt.slice(0, 16)})`,
      'Rule.Schedule.Duration': `PT${minutes}M`,
      'Rule.Schedule.Timezone': 'UTC',
    },
    ...members('MuteTargets.AlarmNames', alarms),
    ExpireDate: endsAt,
  };
}

/** The session policy of a change of one mute rule. It has no room for a hundred alarms, so the tag narrows it to those that are open to Liftlock. */
export function mutePolicy(
  partition: string,
  { account, region }: Scope,
  name: string,
  action: 'PutAlarmMuteRule' | 'DeleteAlarmMuteRule',
): object {
  const resource = (type: string) => `arn:${partition}:cloudwatch:${region}:${account}:${type}`;
  const own = { Effect: 'Allow', Action: `cloudwatch:${action}`, Resource: resource(`alarm-mute-rule:${name}`) };
  const alarms = {
    ...{ Effect: 'Allow', Action: `cloudwatch:${action}`, Resource: resource('alarm:*') },
    Condition: { StringEquals: { [`aws:ResourceTag/${SILENCE_TAG.key}`]: SILENCE_TAG.value } },
  };
  return { Version: '2012-10-17', Statement: action === 'PutAlarmMuteRule' ? [own, alarms] : [own] };
}
