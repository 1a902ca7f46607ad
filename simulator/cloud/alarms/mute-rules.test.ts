import { CloudWatchClient, ListAlarmMuteRulesCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { createSilences } from '../../../adapters/aws/alarm-mute-rules.ts';
import { testWorld } from '../../../test/material/eks/world.ts';
import { localAdministrator } from '../../iam/principals/local-administrator.ts';
import { installLocalCloud } from '../install-local-cloud.ts';
import type { LocalCloud } from '../local-cloud.ts';
import { Alarms, type KeptAlarms } from './alarms.ts';
import { MuteRules, muteStatus } from './mute-rules.ts';

const HUB = '000000000000';
const REGION = 'eu-west-1';
const START = new Date('2031-05-06T07:08:09.000Z');
const scope = { account: HUB, region: REGION };
const at = (text: string) => new Date(`2031-05-06T${text}Z`);
const rule = (Expression: string, Duration = 'PT1H', more = {}) => ({
  ...{ Name: 'night', Rule: { Schedule: { Expression, Duration } }, MuteTargets: { AlarmNames: ['a'] } },
  ...more,
});
const put = (input: ReturnType<typeof rule>) => {
  const rules = new MuteRules();
  rules.put(scope, input, ['a'], START);
  return rules;
};

test.each([
  ['a second', 'PT59S'],
  ['nothing', 'P'],
  ['a time without any', 'PT'],
  ['weeks', 'P1W'],
  ['sixteen days', 'P16D'],
])('a duration of %s is refused', (_, duration) => {
  expect(() => put(rule('at(2031-05-06T08:00)', duration))).toThrow('no ISO 8601 duration');
});

test.each(['at(2031-05-06T08:00:00)', 'at(2031-05-06)', 'at(2031-13-06T08:00)', 'cron(0 2 * *)', 'rate(5 minutes)'])(
  'the expression %s is refused',
  (expression) => {
    expect(() => put(rule(expression))).toThrow("at 'rule.schedule.expression'");
  },
);

test('a window begins at its minute and ends after its duration, or when the rule expires', () => {
  const statuses = (rules: MuteRules) =>
    ['07:59:59', '08:00:00', '08:29:59', '08:30:00', '09:00:00'].map((text) =>
      rules.all().map((one) => muteStatus(one, at(text))),
    );
  expect(statuses(put(rule('at(2031-05-06T08:00)'))).flat()).toEqual([
    ...['SCHEDULED', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'EXPIRED'],
  ]);
  const expires = put(rule('at(2031-05-06T08:00)', 'PT1H', { ExpireDate: at('08:30:00') }));
  expect(statuses(expires).flat()).toEqual(['SCHEDULED', 'ACTIVE', 'ACTIVE', 'EXPIRED', 'EXPIRED']);
  expect(put(rule('at(2031-05-06T08:00)')).mutes(scope, 'a', at('08:00:00'))).toBe(true);
  expect(put(rule('at(2031-05-06T08:00)')).mutes({ ...scope, region: 'other' }, 'a', at('08:00:00'))).toBe(false);
});

test('one that names no alarm mutes all of them', () => {
  const all = put({ ...rule('at(2031-05-06T08:00)'), MuteTargets: { AlarmNames: [] } });
  expect(all.mutes(scope, 'whatever', at('08:00:00'))).toBe(true);
});

test('rules outlive the process, with the alarms', () => {
  const kept: KeptAlarms[] = [];
  const alarms = new Alarms();
  alarms.onChange = (all) => void kept.push(all);
  alarms.make({ ...scope, arn: 'arn:a', name: 'a', kind: 'metric' });
  alarms.muteRules.put(scope, rule('at(2031-05-06T08:00)'), ['a'], START);
  const later = new Alarms();
  later.restore(JSON.parse(JSON.stringify(kept.at(-1))) as KeptAlarms);
  expect(later.muteRules.all()).toEqual(alarms.muteRules.all());
  alarms.muteRules.delete(scope, 'night');
  expect(kept.at(-1)?.muteRules).toEqual([]);
});

describe('in the local cloud IAM decides about the rule, and about each alarm', () => {
  const arn = (resource: string) => `arn:aws:cloudwatch:*:${HUB}:${resource}`;
  const mayPut = { Effect: 'Allow', Action: 'cloudwatch:PutAlarmMuteRule' };
  const Statement = [
    { ...mayPut, Resource: arn('alarm-mute-rule:liftlock-*') },
    {
      ...{ ...mayPut, Resource: arn('alarm:*') },
      Condition: { StringEquals: { 'aws:ResourceTag/liftlock:silence': 'allowed' } },
    },
    {
      ...{ Effect: 'Allow', Action: ['cloudwatch:DeleteAlarmMuteRule', 'cloudwatch:GetAlarmMuteRule'] },
      Resource: arn('alarm-mute-rule:liftlock-*'),
    },
    { Effect: 'Allow', Action: 'cloudwatch:DescribeAlarms', Resource: '*' },
  ];
  const Role = {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'worker',
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${HUB}:root` }, Action: 'sts:AssumeRole' }],
      },
      Policies: [{ PolicyName: 'Own', PolicyDocument: { Version: '2012-10-17', Statement } }],
    },
  };
  let cloud: LocalCloud;
  beforeEach(async () => {
    cloud = await installLocalCloud({
      assembly: { folder: '/none', templates: new Map([['Hub', { Resources: { Role } }]]), assets: new Map() },
      stacks: [{ stack: 'Hub', account: HUB, region: REGION, parameters: {} }],
      eksState: testWorld(() => {}).state,
      ...{ start: START, seed: 1, accounts: [], onNote: () => {} },
    });
  });
  afterEach(() => cloud.close());

  const client = () => {
    const { accessKeyId, secretAccessKey } = localAdministrator(HUB);
    return { endpoint: cloud.wire.origin, region: REGION, credentials: { accessKeyId, secretAccessKey } };
  };
  /** A session of the role, narrowed like the adapter's. */
  async function session(policy?: object) {
    const asked = { RoleArn: `arn:aws:iam::${HUB}:role/worker`, RoleSessionName: 'one' };
    const narrowed = policy === undefined ? {} : { Policy: JSON.stringify(policy) };
    const { Credentials } = await new STSClient(client()).send(new AssumeRoleCommand({ ...asked, ...narrowed }));
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
    return {
      ...{ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
      expiration: new Date(0),
    };
  }
  const silences = () =>
    createSilences({
      sessions: { forAccount: () => session(), narrowedTo: (_, policy) => session(policy) },
      ...{ partition: 'aws', clock: { now: () => cloud.clock.now() }, sleep: async () => {} },
      endpointOf: () => cloud.wire.origin,
    });
  const makeAlarm = (AlarmName: string, value?: string) =>
    new CloudWatchClient(client()).send(
      new PutMetricAlarmCommand({
        ...{ AlarmName, ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1 },
        ...(value === undefined ? {} : { Tags: [{ Key: 'liftlock:silence', Value: value }] }),
      }),
    );
  const mute = (name: string, alarms: readonly string[]) =>
    silences().putMuteRule(scope, {
      ...{ name, description: 'ours', alarms },
      ...{ startsAt: '2031-05-06T07:09:00.000Z', endsAt: '2031-05-06T08:09:00.000Z' },
    });

  test('an alarm that its owner has not opened refuses the whole rule, and so does a rule of another name', async () => {
    for (const [name, value] of [['open', 'allowed'], ['shut', 'denied'], ['bare']] as const)
      await makeAlarm(name, value);
    await mute('liftlock-web', ['open']);
    expect(cloud.muteRules.mutes(scope, 'open', at('07:30:00'))).toBe(true);
    for (const alarms of [['open', 'shut'], ['bare'], ['gone']])
      await expect(mute('liftlock-other', alarms)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(mute('night', ['open'])).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(silences().deleteMuteRule(scope, 'night')).rejects.toMatchObject({ name: 'AccessDenied' });
    // Tags are set when an alarm is created; a repeated put changes none.
    await makeAlarm('shut', 'allowed');
    await expect(mute('liftlock-other', ['shut'])).rejects.toMatchObject({ name: 'AccessDenied' });
    const { AlarmMuteRuleSummaries } = await new CloudWatchClient(client()).send(new ListAlarmMuteRulesCommand({}));
    expect(AlarmMuteRuleSummaries).toMatchObject([
      { AlarmMuteRuleArn: `arn:aws:cloudwatch:${REGION}:${HUB}:alarm-mute-rule:liftlock-web`, MuteType: 'ONE_TIME' },
    ]);
    await silences().deleteMuteRule(scope, 'liftlock-web');
    expect(cloud.muteRules.all()).toEqual([]);
  });
});
