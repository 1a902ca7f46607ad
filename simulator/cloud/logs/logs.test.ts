import * as sdk from '@aws-sdk/client-cloudwatch-logs';
import { ACCOUNT, REGION, startTestWire, type TestWire } from '../../../test/material/cloud/wire.ts';
import { Logs, logOperations } from './logs.ts';

const GROUP = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/lambda/f`;
const AT = Date.parse('2031-05-06T07:08:09.000Z');
let logs: Logs;
let wire: TestWire;
let client: sdk.CloudWatchLogsClient;

beforeEach(async () => {
  logs = new Logs();
  logs.addGroup(`${GROUP}:*`);
  wire = await startTestWire({ logs: logOperations(logs) });
  client = new sdk.CloudWatchLogsClient(wire.client);
  logs.write(GROUP, 'one', new Date(AT), 'ERROR of prod');
  logs.write(GROUP, 'two', new Date(AT + 1), 'prod is fine');
  logs.write(GROUP, 'one', new Date(AT + 2), 'ERROR of dev');
});
afterEach(async () => {
  client.destroy();
  await wire.close();
  expect(wire.failures).toEqual([]);
});

const logGroupName = '/aws/lambda/f';
const filtered = async (more: Partial<sdk.FilterLogEventsCommandInput> = {}) =>
  (await client.send(new sdk.FilterLogEventsCommand({ logGroupName, ...more }))).events?.map(({ message }) => message);

it.each<[Partial<sdk.FilterLogEventsCommandInput>, string[]]>([
  [{}, ['ERROR of prod', 'prod is fine', 'ERROR of dev']],
  [{ filterPattern: 'ERROR' }, ['ERROR of prod', 'ERROR of dev']],
  [{ filterPattern: 'prod ERROR' }, ['ERROR of prod']],
  [{ filterPattern: '"is fine"' }, ['prod is fine']],
  [{ filterPattern: '"fine is"' }, []],
  [{ filterPattern: 'error' }, []],
  [{ logStreamNames: ['two'] }, ['prod is fine']],
  [{ logStreamNamePrefix: 'o' }, ['ERROR of prod', 'ERROR of dev']],
  [{ startTime: AT + 1 }, ['prod is fine', 'ERROR of dev']],
  [{ endTime: AT + 1 }, ['ERROR of prod']],
  [{ limit: 2 }, ['ERROR of prod', 'prod is fine']],
])('filters by %j', async (more, expected) => {
  expect(await filtered(more)).toEqual(expected);
});

it.each(['{ $.level = "ERROR" }', '[a, b]', '?ERROR ?WARN', 'prod -ERROR', '%prod%'])(
  'does not pretend to understand %s',
  async (filterPattern) => {
    await expect(filtered({ filterPattern })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  },
);

it('shows groups, streams and what is in them', async () => {
  const groups = await client.send(new sdk.DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws' }));
  expect(groups.logGroups).toEqual([{ logGroupName, arn: `${GROUP}:*` }]);
  const streams = await client.send(new sdk.DescribeLogStreamsCommand({ logGroupName }));
  expect(streams.logStreams).toEqual([
    { logStreamName: 'one', firstEventTimestamp: AT, lastEventTimestamp: AT + 2 },
    { logStreamName: 'two', firstEventTimestamp: AT + 1, lastEventTimestamp: AT + 1 },
  ]);
  const events = await client.send(new sdk.GetLogEventsCommand({ logGroupName, logStreamName: 'one', limit: 1 }));
  expect(events.events).toEqual([{ timestamp: AT + 2, message: 'ERROR of dev', ingestionTime: AT + 2 }]);
});

it('knows nothing of groups and streams that are not there, and keeps nothing for them', async () => {
  logs.write(`${GROUP}x`, 'one', new Date(AT), 'lost');
  const missing = { name: 'ResourceNotFoundException' };
  await expect(filtered({ logGroupName: '/aws/lambda/fx' })).rejects.toMatchObject(missing);
  await expect(
    client.send(new sdk.GetLogEventsCommand({ logGroupName, logStreamName: 'three' })),
  ).rejects.toMatchObject(missing);
});

it('keeps the latest two thousand events of a stream', () => {
  for (let count = 0; count < 2_100; count++) logs.write(GROUP, 'many', new Date(AT + count), `${count}`);
  const events = logs.streams(logGroupName, { account: ACCOUNT, region: REGION }).get('many');
  expect([events?.length, events?.[0]?.message]).toEqual([2_000, '100']);
});
