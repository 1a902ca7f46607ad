import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { alarmPlace, createAlarmGates } from './alarm-gate.ts';

const watch = mockClient(CloudWatchClient);
afterAll(() => watch.restore());
const hubAccount = '999999999999';
let assumed: string[];

beforeEach(() => {
  watch.reset();
  assumed = [];
});

const gates = () =>
  createAlarmGates({
    hubAccount,
    sessions: {
      async forAccount(account) {
        assumed.push(account);
        return { accessKeyId: account, secretAccessKey: 's', sessionToken: 't', expiration: new Date() };
      },
    },
    clock: { now: () => new Date('2026-11-20T08:00:00Z') },
    sleep: async () => {},
    client: { region: 'eu-central-1', credentials: { accessKeyId: 'own', secretAccessKey: 's' } },
  });
const read = (alarm: string) => gates().read(alarm, AbortSignal.timeout(1_000));

test.each([
  [{ StateValue: 'OK' }, 'green', 'It is OK.'],
  [{ StateValue: 'OK', ActionsEnabled: false }, 'green', 'It is OK.'],
  [
    { StateValue: 'ALARM', StateReason: 'Threshold Crossed: 1 datapoint [5.0].' },
    'red',
    'It is in ALARM: Threshold Crossed: 1 datapoint [5.0].',
  ],
  [{ StateValue: 'ALARM', ActionsEnabled: false }, 'red', 'It is in ALARM.'],
  [{ StateValue: 'ALARM', EvaluationState: 'PARTIAL_DATA' }, 'red', 'It is in ALARM.'],
  [{ StateValue: 'OK', EvaluationState: 'PARTIAL_DATA' }, 'unknown', 'It is OK, but its evaluation is PARTIAL_DATA.'],
  [
    { StateValue: 'OK', EvaluationState: 'EVALUATION_ERROR' },
    'unknown',
    'It is OK, but its evaluation is EVALUATION_ERROR.',
  ],
  [{ StateValue: 'INSUFFICIENT_DATA' }, 'unknown', 'It is INSUFFICIENT_DATA, which is not OK.'],
  [{ StateValue: 'NEW_STATE' }, 'unknown', 'It is NEW_STATE, which is not OK.'],
  [{}, 'unknown', 'It is in no state, which is not OK.'],
])('a metric alarm with %j is %s', async (alarm, status, message) => {
  watch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [{ AlarmName: 'errors', ...alarm } as object] });
  expect(await read('errors')).toEqual({ status, message });
});

test('a composite alarm in ALARM is red, also while its actions are suppressed', async () => {
  const since = new Date('2026-11-20T07:00:00Z');
  watch.on(DescribeAlarmsCommand).resolves({
    CompositeAlarms: [
      { AlarmName: 'all', StateValue: 'ALARM', ActionsSuppressedBy: 'Alarm', StateTransitionedTimestamp: since },
    ],
  });
  expect(await read('all')).toEqual({ status: 'red', message: 'It is in ALARM since 2026-11-20T07:00:00.000Z.' });
  expect(watch.commandCalls(DescribeAlarmsCommand)[0]?.args[0].input).toEqual({
    AlarmNames: ['all'],
    AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
    MaxRecords: 100,
  });
});

test.each([[[]], [[{ AlarmName: 'errors-2', StateValue: 'OK' as const }]]])(
  'an alarm that is not there is unknown: %j',
  async (MetricAlarms) => {
    watch.on(DescribeAlarmsCommand).resolves({ MetricAlarms });
    expect(await read('errors')).toEqual({
      status: 'unknown',
      message: "There is no alarm errors in Liftlock's own account in Liftlock's own Region.",
    });
  },
);

test.each([
  ['errors', { account: hubAccount, region: undefined, name: 'errors' }],
  [
    'arn:aws:cloudwatch:us-east-1:111111111111:alarm:team:errors',
    { account: '111111111111', region: 'us-east-1', name: 'team:errors' },
  ],
  [
    'arn:aws-cn:cloudwatch:cn-north-1:999999999999:alarm:errors',
    { account: hubAccount, region: 'cn-north-1', name: 'errors' },
  ],
])('%s is at %j', (alarm, place) => {
  expect(alarmPlace(alarm, hubAccount)).toEqual(place);
});

test('all alarms of a tick are asked for in one call for each hundred, and each has its own answer', async () => {
  const names = Array.from({ length: 101 }, (_, index) => `alarm-${index}`);
  watch.on(DescribeAlarmsCommand).callsFake(async ({ AlarmNames }: { AlarmNames: string[] }) => ({
    MetricAlarms: AlarmNames.map((AlarmName) => ({ AlarmName, StateValue: AlarmName === 'alarm-7' ? 'ALARM' : 'OK' })),
  }));
  const all = gates();
  const answers = await Promise.all(names.map((name) => all.read(name, AbortSignal.timeout(1_000))));
  expect(answers.flatMap(({ status }, index) => (status === 'green' ? [] : [index]))).toEqual([7]);
  expect(watch.commandCalls(DescribeAlarmsCommand).map(({ args }) => args[0].input.AlarmNames?.length)).toEqual([
    100, 1,
  ]);
  expect((await all.read('alarm-7', AbortSignal.timeout(1_000))).status).toBe('red');
  expect(watch.commandCalls(DescribeAlarmsCommand)).toHaveLength(3);
});

test('one that fails fails for all that have asked, and is asked anew', async () => {
  watch
    .on(DescribeAlarmsCommand)
    .rejectsOnce(new Error('no'))
    .resolves({ MetricAlarms: [{ AlarmName: 'b', StateValue: 'OK' }] });
  const all = gates();
  const both = await Promise.allSettled(['a', 'b'].map((name) => all.read(name, AbortSignal.timeout(1_000))));
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect((await all.read('b', AbortSignal.timeout(1_000))).status).toBe('green');
});

test('another account is entered by its spoke role; the own one is not', async () => {
  const seen: unknown[] = [];
  watch.on(DescribeAlarmsCommand).callsFake(async (_, getClient: () => CloudWatchClient) => {
    const { config } = getClient();
    seen.push([await config.region(), (await config.credentials()).accessKeyId]);
    return {};
  });
  const all = gates();
  for (const [region, account] of [
    ['us-east-1', '111111111111'],
    ['us-east-1', hubAccount],
  ])
    await all.read(`arn:aws:cloudwatch:${region}:${account}:alarm:a`, AbortSignal.timeout(1_000));
  expect(seen).toEqual([
    ['eu-central-1', '111111111111'],
    ['eu-central-1', 'own'],
  ]);
  expect([...new Set(assumed)]).toEqual(['111111111111']);
});
