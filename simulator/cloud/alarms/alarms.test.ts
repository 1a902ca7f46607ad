import * as sdk from '@aws-sdk/client-cloudwatch';
import { ACCOUNT, REGION, startTestWire, type TestWire } from '../../../test/material/cloud/wire.ts';
import { alarmOperations } from './alarm-operations.ts';
import { Alarms, type KeptAlarms } from './alarms.ts';

let alarms: Alarms;
let wire: TestWire;
let client: sdk.CloudWatchClient;

beforeEach(async () => {
  alarms = new Alarms();
  const alarm = { account: ACCOUNT, region: REGION, kind: 'metric' as const, description: 'too slow' };
  alarms.add({ ...alarm, arn: 'arn:a', name: 'a' });
  alarms.add({ ...alarm, arn: 'arn:b', name: 'b' });
  alarms.add({ ...alarm, arn: 'arn:all', name: 'all', kind: 'composite' });
  alarms.add({ ...alarm, arn: 'arn:elsewhere', name: 'elsewhere', account: '222222222222' });
  wire = await startTestWire({ monitoring: alarmOperations(alarms) });
  client = new sdk.CloudWatchClient(wire.client);
});
afterEach(async () => {
  client.destroy();
  await wire.close();
  expect(wire.failures).toEqual([]);
});

const describe = (input: sdk.DescribeAlarmsCommandInput) => client.send(new sdk.DescribeAlarmsCommand(input));
const names = async (input: sdk.DescribeAlarmsCommandInput) => {
  const { MetricAlarms = [], CompositeAlarms = [] } = await describe(input);
  return [...MetricAlarms, ...CompositeAlarms].map(({ AlarmName }) => AlarmName);
};
const put = (AlarmName: string, StateValue: sdk.StateValue) =>
  client.send(new sdk.SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'by hand' }));

it('lists the alarms of the account and Region, composite ones when asked for', async () => {
  expect(await names({})).toEqual(['a', 'b']);
  expect(await names({ AlarmNames: ['b', 'elsewhere', 'all'] })).toEqual(['b']);
  expect(await names({ AlarmNamePrefix: 'a' })).toEqual(['a']);
  expect(await names({ AlarmTypes: ['CompositeAlarm'] })).toEqual(['all']);
  expect(await names({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] })).toEqual(['a', 'b', 'all']);
});

it('puts an alarm into a state by hand', async () => {
  expect((await describe({ AlarmNames: ['a'] })).MetricAlarms).toMatchObject([{ StateValue: 'INSUFFICIENT_DATA' }]);
  await put('a', 'ALARM');
  expect((await describe({ AlarmNames: ['a'] })).MetricAlarms).toMatchObject([
    { StateValue: 'ALARM', StateReason: 'by hand', StateTransitionedTimestamp: new Date('2031-05-06T07:08:09.000Z') },
  ]);
  expect(await names({ StateValue: 'ALARM' })).toEqual(['a']);
  await expect(put('elsewhere', 'OK')).rejects.toMatchObject({ name: 'ResourceNotFound' });
  await expect(put('a', 'RED' as sdk.StateValue)).rejects.toMatchObject({
    message: expect.stringContaining('none of OK, ALARM'),
  });
});

it('keeps alarms that were made by hand, and the states of all', async () => {
  const kept: KeptAlarms[] = [];
  alarms.onChange = (all) => void kept.push(all);
  const own = { AlarmName: 'own', ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1 } as const;
  await client.send(new sdk.PutMetricAlarmCommand(own));
  await put('own', 'OK');
  await put('b', 'ALARM');
  const later = new Alarms();
  later.restore(JSON.parse(JSON.stringify(kept.at(-1))) as KeptAlarms);
  expect(later.of(ACCOUNT, REGION).map((alarm) => [alarm.name, later.stateOf(alarm, new Date()).value])).toEqual([
    ['own', 'OK'],
  ]);
  later.add({ arn: 'arn:b', name: 'b', account: ACCOUNT, region: REGION, kind: 'metric' });
  expect(later.of(ACCOUNT, REGION).map((alarm) => later.stateOf(alarm, new Date()).value)).toEqual(['OK', 'ALARM']);
});

it('tags an alarm that is there, takes a tag off again, and keeps those of alarms that were made by hand', async () => {
  const own = { AlarmName: 'own', ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1 } as const;
  await client.send(new sdk.PutMetricAlarmCommand(own));
  const ResourceARN = `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:own`;
  const kept: KeptAlarms[] = [];
  alarms.onChange = (all) => void kept.push(all);
  const Tags = [
    { Key: 'liftlock:silence', Value: 'allowed' },
    { Key: 'team', Value: 'a' },
  ];
  await client.send(new sdk.TagResourceCommand({ ResourceARN, Tags }));
  expect((await client.send(new sdk.ListTagsForResourceCommand({ ResourceARN }))).Tags).toEqual(Tags);
  await client.send(new sdk.UntagResourceCommand({ ResourceARN, TagKeys: ['team'] }));
  expect(kept.at(-1)?.made[0]?.tags).toEqual({ 'liftlock:silence': 'allowed' });
  await client.send(new sdk.TagResourceCommand({ ResourceARN: 'arn:a', Tags }));
  expect(alarms.tagsOf('arn:a')).toHaveProperty('team', 'a');
  await expect(client.send(new sdk.TagResourceCommand({ ResourceARN: 'arn:none', Tags }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});
