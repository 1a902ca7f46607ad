import { startAnsweringServer } from '../../test/material/wire/answering-server.ts';
import { createSilences, mutePolicy } from './alarm-mute-rules.ts';

let server: Awaited<ReturnType<typeof startAnsweringServer>>;
let narrowed: [account: string, policy: object][];
beforeEach(async () => {
  narrowed = [];
  server = await startAnsweringServer();
});
afterEach(() => server.close());

const scope = { account: '111111111111', region: 'eu-central-1' };
const credentials = { accessKeyId: 'key', secretAccessKey: 's', sessionToken: 't', expiration: new Date(0) };
const silences = () =>
  createSilences({
    sessions: {
      forAccount: async () => credentials,
      async narrowedTo(account, policy) {
        narrowed.push([account, policy]);
        return credentials;
      },
    },
    ...{ partition: 'aws', clock: { now: () => new Date(0) }, sleep: async () => {}, endpointOf: () => server.url },
  });
const asked = (index = 0) => Object.fromEntries(new URLSearchParams(server.asked[index]?.body));
const rule = {
  ...{ name: 'liftlock-web', description: 'ours', alarms: ['a', 'b'] },
  ...{ startsAt: '2026-11-20T08:01:00.000Z', endsAt: '2026-11-20T09:31:00.000Z' },
};

test('a rule has one window, which ends by itself, and is put in a session for it and open alarms alone', async () => {
  server.answers.push({ status: 200, body: '<PutAlarmMuteRuleResponse/>' });
  await silences().putMuteRule(scope, rule);
  expect(asked()).toEqual({
    ...{ Action: 'PutAlarmMuteRule', Version: '2010-08-01', Name: 'liftlock-web', Description: 'ours' },
    'Rule.Schedule.Expression': 'at(2026-11-20T08:01)',
    'Rule.Schedule.Duration': 'PT90M',
    'Rule.Schedule.Timezone': 'UTC',
    'MuteTargets.AlarmNames.member.1': 'a',
    'MuteTargets.AlarmNames.member.2': 'b',
    ExpireDate: '2026-11-20T09:31:00.000Z',
  });
  expect(narrowed).toEqual([[scope.account, mutePolicy('aws', scope, 'liftlock-web', 'PutAlarmMuteRule')]]);
});

test('a rule is deleted in a session for it alone', async () => {
  server.answers.push({ status: 200, body: '<DeleteAlarmMuteRuleResponse/>' });
  await silences().deleteMuteRule(scope, 'liftlock-web');
  expect(asked()).toMatchObject({ Action: 'DeleteAlarmMuteRule', AlarmMuteRuleName: 'liftlock-web' });
  expect(narrowed).toEqual([[scope.account, mutePolicy('aws', scope, 'liftlock-web', 'DeleteAlarmMuteRule')]]);
});

test('a change that would pass is not tried again, and a read once: CloudWatch that hangs takes no invocation with it', async () => {
  const busy = {
    status: 503,
    body: '<ErrorResponse><Error><Code>Busy</Code><Message>no</Message></Error></ErrorResponse>',
  };
  server.answers.push(busy, busy, {
    status: 200,
    body: '<GetAlarmMuteRuleResponse><GetAlarmMuteRuleResult><Description>ours</Description></GetAlarmMuteRuleResult></GetAlarmMuteRuleResponse>',
  });
  await expect(silences().putMuteRule(scope, rule)).rejects.toMatchObject({ name: 'Busy' });
  expect(server.asked).toHaveLength(1);
  expect(await silences().getMuteRule(scope, 'liftlock-web')).toEqual({ description: 'ours' });
  expect([server.asked.length, narrowed.length]).toEqual([3, 1]);
  server.answers.push(busy, busy, busy);
  await expect(silences().describeAlarms(scope, ['a'])).rejects.toMatchObject({ name: 'Busy' });
  expect(server.asked).toHaveLength(5);
});

test('what is refused to read is no rule that is gone', async () => {
  const refused = (code: string) => ({
    ...{ status: 400, body: `<ErrorResponse><Error><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>` },
  });
  server.answers.push(refused('AccessDenied'), refused('ResourceNotFoundException'));
  await expect(silences().getMuteRule(scope, 'liftlock-web')).rejects.toMatchObject({ name: 'AccessDenied' });
  expect(await silences().getMuteRule(scope, 'liftlock-web')).toBeUndefined();
});

test('alarms without a state are no answer', async () => {
  const alarm = (inner: string) =>
    `<DescribeAlarmsResponse><DescribeAlarmsResult><MetricAlarms><member><AlarmName>a</AlarmName>${inner}</member></MetricAlarms></DescribeAlarmsResult></DescribeAlarmsResponse>`;
  server.answers.push({ status: 200, body: alarm('') }, { status: 200, body: alarm('<StateValue>OK</StateValue>') });
  await expect(silences().describeAlarms(scope, ['a'])).rejects.toMatchObject({ name: 'IncompleteAnswer' });
  expect(await silences().describeAlarms(scope, ['a'])).toEqual([{ name: 'a', state: 'OK', reason: '' }]);
  expect(asked()).toMatchObject({ 'AlarmTypes.member.1': 'MetricAlarm', 'AlarmTypes.member.2': 'CompositeAlarm' });
});

test('a session may do nothing else, fits into what STS takes, and reaches no alarm that is not open', () => {
  const arn = (resource: string) => `arn:aws-cn:cloudwatch:eu-central-1:111111111111:${resource}`;
  const put = mutePolicy('aws-cn', scope, 'liftlock-web', 'PutAlarmMuteRule');
  expect(put).toEqual({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'cloudwatch:PutAlarmMuteRule', Resource: arn('alarm-mute-rule:liftlock-web') },
      {
        ...{ Effect: 'Allow', Action: 'cloudwatch:PutAlarmMuteRule', Resource: arn('alarm:*') },
        Condition: { StringEquals: { 'aws:ResourceTag/liftlock:silence': 'allowed' } },
      },
    ],
  });
  expect(mutePolicy('aws-cn', scope, 'liftlock-web', 'DeleteAlarmMuteRule')).toMatchObject({
    Statement: [{ Action: 'cloudwatch:DeleteAlarmMuteRule', Resource: arn('alarm-mute-rule:liftlock-web') }],
  });
  expect(JSON.stringify(mutePolicy('aws-us-gov', scope, 'l'.repeat(255), 'PutAlarmMuteRule')).length).toBeLessThan(
    2048,
  );
});
